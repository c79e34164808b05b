#include "test_picture.hpp"

#include <algorithm>
#include <array>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <utility>

#include "small_font.hpp"

namespace rtcbot::media {
namespace {

std::uint8_t* at(std::uint8_t* plane, int stride, int x, int y) {
  return plane + static_cast<std::ptrdiff_t>(y) * stride + x;
}

/// A value that rises to `range`, falls back to 0, and so on, one step each frame.
int bounce(std::int64_t step, int range) {
  if (range <= 0) return 0;
  const auto phase = static_cast<int>(step % (2 * range));
  return phase < range ? phase : 2 * range - phase;
}

/// The height of a box with one line of text, an even number of pixels.
int text_height(int scale) { return ((kGlyphHeight + 2) * scale + 1) / 2 * 2; }

void copy_plane(const std::uint8_t* from, std::uint8_t* to, int stride, int width, int height) {
  for (int y = 0; y < height; ++y) {
    std::memcpy(at(to, stride, 0, y), from + static_cast<std::ptrdiff_t>(y) * width, static_cast<std::size_t>(width));
  }
}

}  // namespace

std::string clock_text(std::int64_t unix_ms) {
  const std::int64_t in_day = ((unix_ms % 86'400'000) + 86'400'000) % 86'400'000;
  std::array<char, 32> text{};
  std::snprintf(text.data(), text.size(), "%02d:%02d:%02d.%03d", static_cast<int>(in_day / 3'600'000),
                static_cast<int>(in_day / 60'000 % 60), static_cast<int>(in_day / 1000 % 60),
                static_cast<int>(in_day % 1000));
  return text.data();
}

TestPicture::TestPicture(int width, int height, TestBackground background, std::string caption)
    : width_(width), height_(height), stamp_(stamp_layout(width, height)), caption_(std::move(caption)) {
  if (background == TestBackground::busy) {
    texture_.emplace(width, height);
    return;
  }
  background_.resize(i420_size(width, height));
  paint_bars(background_planes());
}

I420Planes TestPicture::background_planes() {
  const std::ptrdiff_t luma = static_cast<std::ptrdiff_t>(width_) * height_;
  return {.y = background_.data(),
          .u = background_.data() + luma,
          .v = background_.data() + luma + luma / 4,
          .stride_y = width_,
          .stride_u = width_ / 2,
          .stride_v = width_ / 2};
}

void TestPicture::paint_bars(const I420Planes& planes) {
  // Muted bars with a vertical shade: enough detail to load the encoder, without flicker.
  static constexpr std::array<Colour, 7> kBars = {
      {{180, 128, 128}, {162, 60, 142}, {131, 156, 60}, {112, 88, 74}, {84, 168, 182}, {65, 100, 196}, {35, 196, 114}}};
  for (int bar = 0; bar < 7; ++bar) {
    const int left = width_ * bar / 7 / 2 * 2;
    const int right = bar == 6 ? width_ : width_ * (bar + 1) / 7 / 2 * 2;
    fill(planes, {left, 0, right - left, height_}, kBars[static_cast<std::size_t>(bar)]);
  }
  for (int y = 0; y < height_; ++y) {
    for (int x = 0; x < width_; ++x) {
      std::uint8_t* pixel = at(planes.y, width_, x, y);
      *pixel = static_cast<std::uint8_t>(*pixel - 16 * y / height_ + (x / 8 + y / 8) % 2 * 4);
    }
  }
}

void TestPicture::copy_background(const I420Planes& planes) const {
  const std::ptrdiff_t luma = static_cast<std::ptrdiff_t>(width_) * height_;
  copy_plane(background_.data(), planes.y, planes.stride_y, width_, height_);
  copy_plane(background_.data() + luma, planes.u, planes.stride_u, width_ / 2, height_ / 2);
  copy_plane(background_.data() + luma + luma / 4, planes.v, planes.stride_v, width_ / 2, height_ / 2);
}

void TestPicture::fill(const I420Planes& planes, Rectangle area, Colour colour) {
  for (int y = area.top; y < area.top + area.height; ++y) {
    std::memset(at(planes.y, planes.stride_y, area.left, y), colour.y, static_cast<std::size_t>(area.width));
  }
  const int chroma_width = area.width / 2;
  for (int y = area.top / 2; y < (area.top + area.height) / 2; ++y) {
    std::memset(at(planes.u, planes.stride_u, area.left / 2, y), colour.u, static_cast<std::size_t>(chroma_width));
    std::memset(at(planes.v, planes.stride_v, area.left / 2, y), colour.v, static_cast<std::size_t>(chroma_width));
  }
}

void TestPicture::draw_ball(const I420Planes& planes, std::int64_t frame_number) const {
  const int radius = std::max(2, height_ / 12 / 2 * 2);
  const int floor = stamp_.rows * kStampBlock;
  const int centre_x = radius + bounce(frame_number * std::max(2, width_ / 160), width_ - 2 * radius);
  const int centre_y = floor + radius + bounce(frame_number * std::max(1, height_ / 180), height_ - floor - 2 * radius);
  for (int dy = -radius; dy < radius; dy += 2) {
    int half = 0;
    while ((half + 1) * (half + 1) + dy * dy <= radius * radius) ++half;
    const int left = std::max(0, (centre_x - half) / 2 * 2);
    const int right = std::min(width_, (centre_x + half) / 2 * 2);
    const int top = (centre_y + dy) / 2 * 2;
    if (top < floor || top + 2 > height_ || right <= left) continue;
    fill(planes, {left, top, right - left, 2}, {208, 72, 168});
  }
}

int TestPicture::scale_of(const std::string& text) const {
  return width_ * 9 / 10 / (static_cast<int>(text.size()) * (kGlyphWidth + 1) + 1);
}

void TestPicture::draw_text(const I420Planes& planes, const std::string& text, int top) const {
  const int scale = scale_of(text);
  const int columns = static_cast<int>(text.size()) * (kGlyphWidth + 1) + 1;
  const int box_width = (columns * scale + 1) / 2 * 2;
  const int left = (width_ - box_width) / 4 * 2;
  fill(planes, {left, top, box_width, text_height(scale)}, {24, 128, 128});
  for (std::size_t i = 0; i < text.size(); ++i) {
    const Glyph glyph = glyph_of(text[i]);
    for (int pixel = 0; pixel < kGlyphWidth * kGlyphHeight; ++pixel) {
      const int column = pixel % kGlyphWidth;
      const int row = pixel / kGlyphWidth;
      if (((glyph[static_cast<std::size_t>(row)] >> (kGlyphWidth - 1 - column)) & 1) == 0) continue;
      const int x = left + (1 + static_cast<int>(i) * (kGlyphWidth + 1) + column) * scale;
      for (int y = top + (1 + row) * scale; y < top + (2 + row) * scale; ++y) {
        std::memset(at(planes.y, planes.stride_y, x, y), 235, static_cast<std::size_t>(scale));
      }
    }
  }
}

void TestPicture::draw_clock(const I420Planes& planes, std::int64_t unix_ms) const {
  const std::string text = clock_text(unix_ms) + " UTC";
  const int height = text_height(scale_of(text));
  const int top = std::max(stamp_.rows * kStampBlock, (height_ - height) / 4 * 2);
  if (scale_of(text) >= 1 && top + height <= height_) draw_text(planes, text, top);
}

void TestPicture::draw_caption(const I420Planes& planes) const {
  const int height = text_height(scale_of(caption_));
  const int top = height_ * 3 / 4 / 2 * 2;
  if (!caption_.empty() && scale_of(caption_) >= 1 && top + height <= height_) draw_text(planes, caption_, top);
}

void TestPicture::draw(const I420Planes& planes, std::int64_t frame_number, std::int64_t unix_ms) const {
  if (texture_) {
    texture_->copy_to(planes, frame_number);
  } else {
    copy_background(planes);
  }
  // No colour under the stamp: conversion would add it to the brightness that a page reads.
  fill(planes, {0, 0, stamp_.columns * kStampBlock, stamp_.rows * kStampBlock}, {16, 128, 128});
  draw_ball(planes, frame_number);
  draw_clock(planes, unix_ms);
  draw_caption(planes);
  write_time_stamp(planes.y, planes.stride_y, stamp_, static_cast<std::uint32_t>(unix_ms));
}

}  // namespace rtcbot::media
