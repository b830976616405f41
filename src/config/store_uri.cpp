#include "config/store_uri.h"

#include <algorithm>
#include <array>

#include <fmt/format.h>

namespace pythia {
namespace {

constexpr std::string_view kHidden = "***";
// Options whose values are secrets, in lower case.
constexpr std::array<std::string_view, 3> kSecretOptions = {
    "authmechanismproperties", "tlscertificatekeyfilepassword", "sslclientcertificatekeypassword"};

// The place of the first character behind "mongodb://".
size_t EndOfScheme(std::string_view uri) { return uri.find("://") + 3; }

struct Part {
  size_t begin = 0;
  size_t end = 0;
};

// The password, also one with characters that should have been escaped: whatever stands between
// the first ':' and the last '@' before the options.
Part PasswordOf(std::string_view uri) {
  const size_t begin = EndOfScheme(uri);
  const size_t options = std::min(uri.find('?', begin), uri.size());
  const size_t at = uri.substr(0, options).rfind('@');
  // A '?' in the password itself: then its '@' comes after it.
  const size_t last = at == std::string_view::npos || at < begin ? uri.rfind('@') : at;
  if (last == std::string_view::npos || last < begin) return {};
  const size_t colon = uri.find(':', begin);
  if (colon == std::string_view::npos || colon > last) return {};
  return {colon + 1, last};
}

bool IsSecretOption(std::string_view option) {
  std::string name(option.substr(0, option.find('=')));
  std::ranges::transform(name, name.begin(), [](char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  });
  return std::ranges::find(kSecretOptions, name) != kSecretOptions.end();
}

std::string WithoutSecretOptions(std::string_view options) {
  std::string out;
  while (!options.empty()) {
    const size_t end = std::min(options.find('&'), options.size());
    const std::string_view option = options.substr(0, end);
    if (IsSecretOption(option)) {
      out += std::string(option.substr(0, option.find('='))) + "=" + std::string(kHidden);
    } else {
      out += option;
    }
    if (end == options.size()) break;
    out += '&';
    options.remove_prefix(end + 1);
  }
  return out;
}

}  // namespace

bool IsMongoUri(std::string_view store) {
  return store.starts_with("mongodb://") || store.starts_with("mongodb+srv://");
}

bool HoldsSecret(std::string_view store) { return WithoutSecrets(store) != store; }

std::string WithoutSecrets(std::string_view store) {
  if (!IsMongoUri(store)) return std::string(store);
  std::string out(store);
  const Part password = PasswordOf(store);
  if (password.end > 0) out.replace(password.begin, password.end - password.begin, kHidden);
  const size_t options = out.find('?', password.end > 0 ? password.begin + kHidden.size() : 0);
  if (options == std::string::npos) return out;
  return out.substr(0, options + 1) +
         WithoutSecretOptions(std::string_view(out).substr(options + 1));
}

Status RefuseSecretFlag(std::string_view flag, std::string_view value) {
  if (!HoldsSecret(value)) return {};
  return Fail(Error{.code = ErrorCode::kUsage,
                    .message = fmt::format("a password in {} can be read by everyone on this "
                                           "machine",
                                           flag),
                    .value = WithoutSecrets(value),
                    .hint =
                        "Put it into the environment (PYTHIA_STORE, or PYTHIA_STORE_PASSWORD "
                        "for the password alone) or into pythia.toml ([store] uri, password)."});
}

}  // namespace pythia
