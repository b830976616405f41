#include "http/page.h"

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "base/sha256.h"
#include "http/raw_client_fixture.h"
#include "http/service.h"
#include "records/json.h"

namespace pythia::http {
namespace {

const PageFile& FileAt(std::string_view path) {
  const auto file = std::ranges::find(PageFiles(), path, &PageFile::path);
  EXPECT_NE(file, PageFiles().end()) << path;
  return *file;
}

// The whole service without a store's data: the page needs none.
class PageTest : public ServerFixture {
 protected:
  void SetUp() override {
    ServerFixture::SetUp();
    Config config;
    config.store = (folder_ / "pythia.duckdb").string();
    config.models = folder_ / "models";
    engine_ = std::make_unique<Engine>(config, RequestContext{.actor = "test"});
    service_ = std::make_unique<Service>(*engine_, ServiceOptions{.work_folder = folder_});
    routes_ = service_->Routes();
  }
  void TearDown() override {
    server_.reset();
    service_.reset();
    engine_.reset();
    ServerFixture::TearDown();
  }

  std::unique_ptr<Engine> engine_;
  std::unique_ptr<Service> service_;
};

// The viewer at /docs, which the page does not load.
bool IsOfDocs(const PageFile& file) {
  return file.path == "/docs.html" || file.path.starts_with("/assets/docs-");
}

TEST(PageFilesTest, HoldWhatTheirHashesSay) {
  ASSERT_GE(PageFiles().size(), 3U);
  for (const PageFile& file : PageFiles()) {
    EXPECT_EQ(file.sha256, HexSha256(file.bytes)) << file.path;
    EXPECT_TRUE(file.gzip.starts_with("\x1f\x8b")) << file.path;
  }
  const std::string_view page = FileAt("/index.html").bytes;
  for (const PageFile& file : PageFiles()) {
    if (!file.path.ends_with(".js") && !file.path.ends_with(".css")) continue;
    if (IsOfDocs(file)) continue;
    EXPECT_NE(page.find(file.path), std::string_view::npos) << file.path;
  }
}

TEST(PageFilesTest, FitInto200KilobytesCompressed) {
  size_t bytes = 0;
  for (const PageFile& file : PageFiles()) {
    if (!IsOfDocs(file)) bytes += file.gzip.size();
  }
  RecordProperty("gzip_bytes", static_cast<int>(bytes));
  EXPECT_LT(bytes, 200'000U);
}

// The policy forbids both, so the page would stay white.
TEST(PageFilesTest, HaveNoInlineScriptOrStyle) {
  const std::string_view page = FileAt("/index.html").bytes;
  EXPECT_EQ(page.find("<style"), std::string_view::npos);
  EXPECT_EQ(page.find(" style="), std::string_view::npos);
  for (size_t at = page.find("<script"); at != std::string_view::npos;
       at = page.find("<script", at + 1)) {
    EXPECT_NE(page.substr(at, page.find('>', at) - at).find("src=\"/assets/"),
              std::string_view::npos);
  }
}

TEST(PageHeaders, AcceptEncodingIsRead) {
  EXPECT_TRUE(TakesGzip("gzip, deflate, br"));
  EXPECT_TRUE(TakesGzip("br;q=1.0, gzip;q=0.5"));
  EXPECT_TRUE(TakesGzip("*"));
  EXPECT_TRUE(TakesGzip("identity;q=0, X-GZIP"));
  EXPECT_FALSE(TakesGzip(""));
  EXPECT_FALSE(TakesGzip("br, gzip;q=0"));
  EXPECT_FALSE(TakesGzip("*;q=0"));
  EXPECT_FALSE(TakesGzip("gzip;q=0, *"));
}

TEST(PageHeaders, IfNoneMatchIsRead) {
  EXPECT_TRUE(NamesTag("\"a\"", "\"a\""));
  EXPECT_TRUE(NamesTag("\"b\", W/\"a\"", "\"a\""));
  EXPECT_TRUE(NamesTag("*", "\"a\""));
  EXPECT_FALSE(NamesTag("", "\"a\""));
  EXPECT_FALSE(NamesTag("\"ab\"", "\"a\""));
}

TEST_F(PageTest, IsServedFromMemory) {
  Start();
  const Answered page = Ask(Get("/"));
  EXPECT_EQ(page.status, 200);
  EXPECT_EQ(page.body, FileAt("/index.html").bytes);
  EXPECT_TRUE(page.Header("Content-Type").starts_with("text/html"));
  EXPECT_EQ(page.Header("Cache-Control"), "no-cache");
  EXPECT_EQ(page.Header("X-Content-Type-Options"), "nosniff");
  EXPECT_TRUE(page.Header("Content-Security-Policy")
                  .starts_with("default-src 'self'; img-src 'self' data: blob:"));
  for (const PageFile& file : PageFiles()) {
    if (!file.path.starts_with("/assets/")) continue;
    const Answered answer = Ask(Get(file.path));
    EXPECT_EQ(answer.status, 200) << file.path;
    EXPECT_EQ(answer.body, file.bytes);
    EXPECT_EQ(answer.Header("Cache-Control"), "public, max-age=31536000, immutable");
  }
}

TEST_F(PageTest, IsCompressedForWhoTakesIt) {
  Start();
  const Answered zipped = Ask(Get("/", "Accept-Encoding: gzip, br\r\n"));
  EXPECT_EQ(zipped.body, FileAt("/index.html").gzip);
  EXPECT_EQ(zipped.Header("Content-Encoding"), "gzip");
  EXPECT_EQ(zipped.Header("Vary"), "Accept-Encoding");
  EXPECT_NE(zipped.Header("ETag"), Ask(Get("/")).Header("ETag"));
}

TEST_F(PageTest, IsNotSentTwice) {
  Start();
  const std::string tag = Ask(Get("/")).Header("ETag");
  const Answered again = Ask(Get("/", "If-None-Match: " + tag + "\r\n"));
  EXPECT_EQ(again.status, 304);
  EXPECT_EQ(again.body, "");
  EXPECT_EQ(again.Header("ETag"), tag);
  EXPECT_EQ(Ask(Get("/", "If-None-Match: \"other\"\r\n")).status, 200);
}

TEST_F(PageTest, HeadIsAnsweredLikeGet) {
  Start();
  const Answered get = Ask(Get("/"));
  const Answered head = Connect().Ask("HEAD / HTTP/1.1\r\nHost: localhost\r\n\r\n", true);
  EXPECT_EQ(head.status, 200);
  const auto without_id = [](std::string text) {
    const size_t at = text.find("X-Request-Id");
    return text.erase(at, text.find("\r\n", at) - at);
  };
  EXPECT_EQ(without_id(head.head), without_id(get.head));
}

TEST_F(PageTest, OtherPathsAreNotThePage) {
  Start();
  for (const char* path : {"/plan", "/index.html", "/assets/none.js", "/assets", "/favicon.ico"}) {
    const Answered answer = Ask(Get(path));
    EXPECT_EQ(answer.status, 404) << path;
    EXPECT_EQ(answer.Header("Content-Type"), "application/problem+json");
  }
}

TEST_F(PageTest, NeedsNoTokenButTheDataDo) {
  options_.tokens = {{.name = "ann", .sha256 = HexSha256("secret")}};
  Start();
  EXPECT_EQ(Ask(Get("/")).status, 200);
  EXPECT_EQ(Ask(Get(FileAt("/index.html").path)).status, 401);
  EXPECT_EQ(Ask(Get(PageFiles()[0].path)).status, 200);
  EXPECT_EQ(Ask(Get("/api/datasets")).status, 401);
  EXPECT_EQ(Ask(Get("/api/datasets", "Authorization: Bearer secret\r\n")).status, 200);
}

// What the page's types are made from; PYTHIA_UPDATE_GOLDEN=1 renews it, then `npm run types`.
TEST_F(PageTest, IsTypedFromThisDescription) {
  const std::filesystem::path file = PYTHIA_OPENAPI;
  const std::string now = Json::parse(service_->openapi()).dump(1) + "\n";
  if (std::getenv("PYTHIA_UPDATE_GOLDEN") != nullptr) std::ofstream(file) << now;
  const std::ifstream kept(file);
  EXPECT_EQ((std::stringstream() << kept.rdbuf()).str(), now) << file;
}

}  // namespace
}  // namespace pythia::http
