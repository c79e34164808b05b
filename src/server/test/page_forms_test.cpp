#include "page_forms.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace rtcbot::server {
namespace {

using testing::HasSubstr;

constexpr const char* kHtml = "<html><script>run();</script></html>";

TEST(PageForms, MakeOnlyTheFormsThatAreRequested) {
  PageForms forms(kHtml, {});
  EXPECT_EQ(forms.size(), 0U);
  const Page& page = forms.at({});
  EXPECT_EQ(page.html, kHtml);
  EXPECT_THAT(page.policy, HasSubstr("script-src 'sha256-"));
  EXPECT_EQ(&forms.at({}), &page) << "it is made once";
  EXPECT_EQ(forms.size(), 1U);
}

TEST(PageForms, ContainWhatThePersonMayDo) {
  PageForms forms(kHtml, {});
  EXPECT_THAT(forms.at({.sign_out = true}).html, HasSubstr("\"signOut\":true"));
  EXPECT_THAT(forms.at({.watch_only = true}).html, HasSubstr("\"watchOnly\":true"));
  EXPECT_NE(forms.at({.sign_out = true}).policy, forms.at({.watch_only = true}).policy) << "a policy names its scripts";
  EXPECT_EQ(forms.size(), 2U);
}

TEST(PageForms, LeaveAUsersPageAsItIs) {
  auto forms = PageForms::of_user(kHtml, {});
  EXPECT_EQ(forms.at({.sign_out = true, .list = true}).html, kHtml);
  EXPECT_EQ(forms.at({}).policy, "frame-ancestors 'none'");
  EXPECT_EQ(forms.size(), 1U);
}

}  // namespace
}  // namespace rtcbot::server
