// What people try with tokens that they have not been given.
#include <gtest/gtest.h>

#include <map>

#include <nlohmann/json.hpp>

#include "support/tokens.hpp"

namespace rtcbot::access {
namespace {

using namespace testing;

TEST(Attack, TheForgeryWithTheRightKeyIsGood) {
  // Otherwise the tests below would show nothing.
  EXPECT_EQ(fault_of(forged(kHeader, kClaims)), std::nullopt);
}

TEST(Attack, GuessedTokensAreRefused) {
  EXPECT_EQ(fault_of(forged(kHeader, kClaims, std::string(43, 'x'))), Fault::bad_signature);
  EXPECT_EQ(fault_of(forged(kHeader, kClaims, "")), Fault::bad_signature);
  EXPECT_EQ(fault_of(forged(R"({"alg":"HS256","kid":"other"})", kClaims)), Fault::unknown_secret);
  EXPECT_EQ(fault_of(forged(R"({"alg":"HS256"})", kClaims)), Fault::unknown_secret);
  EXPECT_EQ(fault_of(forged(R"({"alg":"HS256","kid":7})", kClaims)), Fault::unknown_secret);
  EXPECT_EQ(fault_of(forged(R"({"alg":"HS256","kid":"../../etc/passwd"})", kClaims)), Fault::unknown_secret);
}

TEST(Attack, NoOtherAlgorithmIsTaken) {
  for (const auto* alg : {"none", "None", "NONE", "nOnE", "HS384", "HS512", "RS256", "ES256", "hs256", "", "HS2560"}) {
    SCOPED_TRACE(alg);
    const auto header = std::string(R"({"typ":"JWT","kid":"first","alg":")").append(alg).append("\"}");
    const auto* digest = std::string_view(alg) == "HS512" ? EVP_sha512() : EVP_sha256();
    EXPECT_TRUE(fault_of(forged(header, kClaims, secret().key, digest)));
    const auto unsigned_token = base64url(header) + "." + base64url(kClaims) + ".";
    EXPECT_TRUE(fault_of(unsigned_token));
  }
  EXPECT_EQ(fault_of(forged(R"({"kid":"first","alg":"HS384"})", kClaims, secret().key, EVP_sha384())),
            Fault::wrong_algorithm);
  EXPECT_TRUE(fault_of(forged(R"({"kid":"first"})", kClaims)));
  EXPECT_TRUE(fault_of(forged(R"({"kid":"first","alg":["HS256"]})", kClaims)));
  EXPECT_EQ(fault_of(forged(R"({"kid":"first","alg":"HS256","crit":["exp"]})", kClaims)), Fault::malformed);
}

TEST(Attack, NoByteOfATokenCanBeChanged) {
  const auto good = token();
  for (std::size_t i = 0; i < good.size(); ++i) {
    auto changed = good;
    // Of the last character only the first bits mean anything; 'A' and '_' differ in those.
    changed[i] = good[i] == '_' || (i + 1 == good.size() && good[i] >= 'g') ? 'A' : '_';
    EXPECT_TRUE(fault_of(changed)) << i;
  }
}

TEST(Attack, AnothersClaimsUnderOnesOwnSignatureAreRefused) {
  const auto mine = token(grant(Role::watch)), theirs = token(grant(Role::admin));
  const auto mixed = mine.substr(0, mine.find('.')) +
                     theirs.substr(theirs.find('.'), theirs.rfind('.') - theirs.find('.')) +
                     mine.substr(mine.rfind('.'));
  EXPECT_EQ(fault_of(mixed), Fault::bad_signature);
}

TEST(Attack, TokensOfOddFormAreRefusedBeforeAnythingReadsThem) {
  const auto good = token();
  for (const std::string& odd :
       {std::string(), std::string("."), std::string(".."), std::string("..."), std::string(10'000, '.'), good + ".",
        "." + good, good + "=", good + " ", good + "\n", good.substr(0, good.rfind('.')), good.substr(good.find('.')),
        std::string(1'000'000, 'a'),
        std::string(2'000, 'a') + "." + std::string(2'000, 'b') + "." + std::string(2'000, 'c'),
        std::string("\0.\0.\0", 5), good + std::string(1, '\0'), std::string("eyJ.eyJ.x"), std::string("a.b.c")}) {
    SCOPED_TRACE(odd.substr(0, 40));
    EXPECT_EQ(fault_of(odd), Fault::malformed);
  }
}

TEST(Attack, JsonThatIsTooDeepOrNoObjectIsRefused) {
  const auto deep = std::string(1'400, '[') + std::string(1'400, ']');
  EXPECT_TRUE(fault_of(forged(kHeader, deep)));
  EXPECT_TRUE(fault_of(forged(deep, kClaims)));
  for (const auto* claims : {"[]", "7", "null", "\"x\"", "", "{", "{}"}) {
    SCOPED_TRACE(claims);
    EXPECT_TRUE(fault_of(forged(kHeader, claims)));
  }
}

/// Claims of `kClaims` with one of them changed; "" leaves it out.
std::string claims_with(const char* name, std::string_view value) {
  auto claims = nlohmann::json::parse(kClaims);
  if (value.empty()) {
    claims.erase(name);
  } else {
    claims[name] = nlohmann::json::parse(value);
  }
  return claims.dump();
}

std::string in_quotes(std::string_view text) { return std::string("\"").append(text).append("\""); }

/// One pattern more than a token may have.
std::string many_patterns() {
  std::string list("[\"a\"");
  for (std::size_t i = 0; i < Credential::kMaxPatterns; ++i) list.append(",\"a\"");
  return list.append("]");
}

TEST(Attack, SignedClaimsThatAreMissingUnknownOrOversizedAreRefusedAsAWhole) {
  const auto long_text = in_quotes(std::string(65, 'a'));
  const std::map<const char*, std::vector<std::string>> changes{
      {"role", {"", R"("root")", R"("Admin")", "7", R"(["admin"])"}},
      {"robots", {"", "[]", R"("*")", "[7]", R"(["*","a b"])", R"([""])", many_patterns()}},
      {"jti", {"", R"("")", "7", R"("a b")", long_text}},
      {"sub", {R"("")", "7", R"("a\nb")", long_text}},
      {"exp",
       {"", R"("1790003600")", "1790003600.5", "1e300", "true", "99999999999999", "9223372036854775807", "2200000000",
        "1790000000"}},
      {"iat", {"", "-1", "null"}},
      {"nbf", {R"("now")", "-9223372036854775808"}}};
  for (const auto& [name, values] : changes) {
    for (const auto& value : values) {
      SCOPED_TRACE(std::string(name).append(" = ").append(value.substr(0, 40)));
      EXPECT_EQ(fault_of(forged(kHeader, claims_with(name, value))), Fault::bad_claims);
    }
  }
}

TEST(Attack, ARevokedOrExpiredTokenDoesNotComeBack) {
  Revocations revocations;
  revocations.add("id-1", kNow + 24h);
  const auto text = token();
  for (const auto now : {kNow, kNow + 1h, kNow + 24h - 1s}) {
    EXPECT_EQ(fault_of(text, Secrets(secret()), revocations, now), Fault::revoked);
    revocations.prune(now);
  }
  revocations.prune(kNow + 24h + 1s);
  EXPECT_EQ(revocations.size(), 0u);
  EXPECT_EQ(fault_of(text, Secrets(secret()), revocations, kNow + 24h + 1s), Fault::expired)
      << "nor when it is forgotten";
}

}  // namespace
}  // namespace rtcbot::access
