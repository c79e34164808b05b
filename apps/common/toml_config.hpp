#pragma once

#include <string>
#include <string_view>
#include <vector>

#include <CLI/CLI.hpp>

#include "rtcbot/base/result.hpp"

namespace rtcbot::app {

/// A key of a configuration file with its values, in the form of the command line.
struct ConfigKey {
  std::string name;
  std::vector<std::string> values;
  int line = 0;
  int column = 0;
  friend bool operator==(const ConfigKey&, const ConfigKey&) = default;
};

/// Parses a TOML document whose keys are the long names of flags (`known`). Skips a key with an empty text or an empty
/// list, which means the default. Pure.
/// Errors: bad_config with "PATH, line N, column M: " and the mistake.
[[nodiscard]] Result<std::vector<ConfigKey>> read_toml(std::string_view text, const std::string& path,
                                                       const std::vector<std::string>& known);

/// Reads configuration files for CLI11 as standard TOML, in place of CLI11's own dialect.
/// Not thread-safe.
class TomlConfig : public CLI::Config {
 public:
  /// @param app its flags are the keys; must outlive this object
  explicit TomlConfig(const CLI::App& app) : app_(app) {}

  [[nodiscard]] std::string to_config(const CLI::App*, bool, bool, std::string) const override { return {}; }
  /// @throws CLI::ParseError with the sentence of `read_toml`.
  [[nodiscard]] std::vector<CLI::ConfigItem> from_config(std::istream& input) const override;

  /// The keys of the last file.
  [[nodiscard]] const std::vector<ConfigKey>& keys() const { return keys_; }

 private:
  const CLI::App& app_;
  mutable std::vector<ConfigKey> keys_;
};

}  // namespace rtcbot::app
