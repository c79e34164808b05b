#pragma once

#include <string>
#include <string_view>
#include <vector>

#include <CLI/CLI.hpp>

#include "rtcbot/base/result.hpp"

namespace rtcbot::app {

/// A key of a configuration file with its values, as the command line would have them.
struct ConfigKey {
  std::string name;
  std::vector<std::string> values;
  int line = 0;
  int column = 0;
  friend bool operator==(const ConfigKey&, const ConfigKey&) = default;
};

/// Reads a TOML document whose keys are the long names of flags (`known`). A key with an empty text or an empty list is
/// left out: it stands for the default. Pure.
/// Errors: bad_config with "PATH, line N, column M: " and what is wrong there.
[[nodiscard]] Result<std::vector<ConfigKey>> read_toml(std::string_view text, const std::string& path,
                                                       const std::vector<std::string>& known);

/// CLI11's way to a configuration file, by TOML as it is specified in place of CLI11's own dialect.
/// Not thread-safe.
class TomlConfig : public CLI::Config {
 public:
  /// @param app whose flags are the keys; must outlive this
  explicit TomlConfig(const CLI::App& app) : app_(app) {}

  [[nodiscard]] std::string to_config(const CLI::App*, bool, bool, std::string) const override { return {}; }
  /// @throws CLI::ParseError with the sentence of `read_toml`.
  [[nodiscard]] std::vector<CLI::ConfigItem> from_config(std::istream& input) const override;

  /// What was read last.
  [[nodiscard]] const std::vector<ConfigKey>& keys() const { return keys_; }

 private:
  const CLI::App& app_;
  mutable std::vector<ConfigKey> keys_;
};

}  // namespace rtcbot::app
