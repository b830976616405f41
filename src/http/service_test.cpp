// The whole service over real sockets, with a store and a model: every endpoint keeps what
// /openapi.json says of it.
#include "http/service.h"

#include <fstream>
#include <sstream>

#include <nlohmann/json.hpp>

#include "http/page.h"
#include "http/raw_client_fixture.h"
#include "records/json.h"

namespace pythia::http {
namespace {

constexpr std::string_view kJson = "application/json";
constexpr std::string_view kPlan =
    R"({"Channel_Used":"Email","Duration":30,"Acquisition_Cost":12000,"Impressions":50000})";

// The part of JSON Schema that ours use; anything else in a schema is an error too.
class SchemaCheck {
 public:
  explicit SchemaCheck(const Json& document) : document_(document) {}

  // Where `value` breaks the schema and how; empty where it does not.
  std::string Check(const Json& schema, const Json& value, const std::string& at = "$") const {
    for (const auto& [word, rule] : schema.items()) {
      const std::string wrong = CheckWord(word, rule, schema, value, at);
      if (!wrong.empty()) return wrong;
    }
    return "";
  }

 private:
  static bool HasType(const std::string& type, const Json& value) {
    if (type == "number") return value.is_number();
    if (type == "integer") return value.is_number_integer();
    if (type == "boolean") return value.is_boolean();
    return type == value.type_name();
  }

  static bool HasOneOf(const Json& types, const Json& value) {
    if (types.is_string()) return HasType(types, value);
    return std::ranges::any_of(types, [&](const Json& type) { return HasType(type, value); });
  }

  std::string CheckWord(const std::string& word, const Json& rule, const Json& schema,
                        const Json& value, const std::string& at) const {
    if (word == "$ref") {
      const std::string pointer = rule.get<std::string>().substr(1);
      return Check(document_.at(Json::json_pointer(pointer)), value, at);
    }
    if (word == "type") return HasOneOf(rule, value) ? "" : at + " is no " + rule.dump();
    if (word == "enum") {
      return std::ranges::find(rule, value) != rule.end() ? "" : at + " is not in " + rule.dump();
    }
    if (word == "anyOf") {
      const bool fits =
          std::ranges::any_of(rule, [&](const Json& one) { return Check(one, value, at).empty(); });
      return fits ? "" : at + " fits nothing of " + rule.dump();
    }
    if (word == "required") return CheckRequired(rule, value, at);
    if (word == "properties") return CheckMembers(rule, value, at);
    if (word == "additionalProperties") return CheckOthers(rule, schema, value, at);
    if (word == "items") return CheckItems(rule, value, at);
    // Of requests, or of no weight for answers.
    const bool known = word == "description" || word == "example" || word == "minItems" ||
                       word == "maxItems" || word == "contentMediaType" || word == "minimum" ||
                       word == "maximum";
    return known ? "" : at + ": the test does not know " + word;
  }

  static std::string CheckRequired(const Json& names, const Json& value, const std::string& at) {
    for (const std::string name : names) {
      if (value.is_object() && !value.contains(name)) return fmt::format("{} lacks {}", at, name);
    }
    return "";
  }

  std::string CheckMembers(const Json& schemas, const Json& value, const std::string& at) const {
    for (const auto& [name, schema] : schemas.items()) {
      if (!value.is_object() || !value.contains(name)) continue;
      const std::string wrong = Check(schema, value.at(name), fmt::format("{}.{}", at, name));
      if (!wrong.empty()) return wrong;
    }
    return "";
  }

  std::string CheckOthers(const Json& rule, const Json& schema, const Json& value,
                          const std::string& at) const {
    if (!value.is_object()) return "";
    const Json named = schema.value("properties", Json::object());
    for (const auto& [name, member] : value.items()) {
      if (named.contains(name)) continue;
      if (rule == false) return fmt::format("{} has {}", at, name);
      const std::string wrong = Check(rule, member, fmt::format("{}.{}", at, name));
      if (!wrong.empty()) return wrong;
    }
    return "";
  }

  std::string CheckItems(const Json& schema, const Json& value, const std::string& at) const {
    for (size_t i = 0; value.is_array() && i < value.size(); ++i) {
      const std::string wrong = Check(schema, value[i], fmt::format("{}[{}]", at, i));
      if (!wrong.empty()) return wrong;
    }
    return "";
  }

  const Json& document_;
};

class ServiceTest : public ServerFixture {
 protected:
  void SetUp() override {
    ServerFixture::SetUp();
    Config config;
    config.store = (folder_ / "pythia.duckdb").string();
    config.models = folder_ / "models";
    config.exports = folder_ / "exports";
    config.threads = 1;
    engine_ = std::make_unique<Engine>(config, RequestContext{.actor = "test"});
    Prepare();
    service_ = std::make_unique<Service>(*engine_, ServiceOptions{.work_folder = folder_});
    document_ = Json::parse(service_->openapi());
    routes_ = service_->Routes();
    Start();
  }
  void TearDown() override {
    server_.reset();
    service_.reset();
    engine_.reset();
    ServerFixture::TearDown();
  }

  // Two generations, so that one can be restored, and a model of the second.
  void Prepare() {
    NoProgress quiet;
    for (const uint64_t seed : {1, 2}) {
      const std::string file = (folder_ / "history.csv").string();
      ASSERT_TRUE(
          engine_->Simulate({.options = {.rows = 400, .seed = seed}, .file = file}, quiet, {}));
      ASSERT_TRUE(engine_->Clean({.file = file, .mode = LoadMode::kReplace}, quiet, {}));
      const std::ifstream text(file);
      history_ = (std::stringstream() << text.rdbuf()).str();
    }
    TrainCommand command;
    command.options.alpha = 1;
    const auto trained = engine_->Train(command, quiet, {});
    ASSERT_TRUE(trained) << trained.error().ToString();
    version_ = trained->version;
  }

  static std::string AssetName() {
    return std::string(PageFiles()[0].path.substr(std::string_view("/assets/").size()));
  }

  // The endpoint's path with arguments that exist.
  std::string PathOf(const Endpoint& endpoint) const {
    const std::map<std::string, std::string> arguments = {
        {"{name}", endpoint.route.method == "DELETE" ? "other" : "campaigns"},
        {"{version}", version_},
        {"{id}", job_},
        {"{file}", endpoint.route.pattern.starts_with("/api/plots") ? "summary_bar_clicks.svg"
                   : endpoint.route.pattern.starts_with("/assets")  ? AssetName()
                                                                    : "predictions.csv"}};
    std::string path = endpoint.route.pattern;
    const size_t at = path.find('{');
    if (at == std::string::npos) return path;
    const size_t end = path.find('}', at) + 1;
    return path.replace(at, end - at, arguments.at(path.substr(at, end - at)));
  }

  // A request that the endpoint can answer well; `query` as in "a=1&".
  std::string RequestTo(const Endpoint& endpoint, const std::string& query = "") const {
    std::string path = PathOf(endpoint) + "?" + query;
    if (endpoint.route.pattern == "/recommend") path += "budget=12000";
    if (endpoint.route.pattern == "/upload") {
      return Post(path + "dataset=other", "text/csv", history_);
    }
    if (path.ends_with('?') || path.ends_with('&')) path.pop_back();
    if (endpoint.route.body == BodyKind::kJson) {
      const std::map<std::string, std::string> bodies = {
          {"TrainRequest", R"({"alpha":1})"},
          {"NewExperiment", R"({"model_type":"forest","metrics":{"log_loss":0.61}})"},
          {"PlanOrPlans", std::string(kPlan)}};
      return Post(path, kJson, bodies.at(endpoint.request));
    }
    return fmt::format("{} {} HTTP/1.1\r\nHost: localhost\r\n\r\n", endpoint.route.method, path);
  }

  void ExpectAsDocumented(const Endpoint& endpoint, const Answered& answer) const {
    ASSERT_TRUE(endpoint.answers.contains(answer.status)) << answer.status << " " << answer.body;
    std::string method = endpoint.route.method;
    for (char& c : method) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
    const Json& documented =
        document_.at("paths").at(endpoint.route.pattern).at(method).at("responses");
    const Json& response = documented.at(std::to_string(answer.status));
    if (!response.contains("content")) {
      EXPECT_EQ(answer.body, "");
      return;
    }
    EXPECT_NE(answer.body, "");
    const Json& contents = response.at("content");
    const std::string type = contents.begin().key();
    const Json& content = contents.begin().value();
    if (type == "*/*") return;
    EXPECT_TRUE(answer.Header("Content-Type").starts_with(type)) << type;
    if (type != kJson) return;
    EXPECT_EQ(SchemaCheck(document_).Check(content.at("schema"), Json::parse(answer.body)), "");
  }

  void ExpectProblem(const std::string& request, int status, const std::string& field = "") const {
    SCOPED_TRACE(request.substr(0, 300));
    const Answered answer = Ask(request);
    EXPECT_EQ(answer.status, status) << answer.body;
    EXPECT_EQ(answer.Header("Content-Type"), "application/problem+json");
    const Json problem = Json::parse(answer.body);
    EXPECT_EQ(SchemaCheck(document_).Check(document_["components"]["schemas"]["Problem"], problem),
              "");
    EXPECT_EQ(problem.value("status", 0), status);
    if (field.empty()) return;
    ASSERT_TRUE(problem.contains("errors")) << answer.body;
    EXPECT_EQ(problem["errors"][0]["field"], field);
  }

  std::unique_ptr<Engine> engine_;
  std::unique_ptr<Service> service_;
  std::string history_;  // as a file
  std::string version_;
  std::string job_ = "none";
  Json document_;
};

TEST_F(ServiceTest, EveryEndpointAnswersAsDocumented) {
  // Keeps the queue busy, so that the job that is asked for can be cancelled.
  NoProgress quiet;
  const std::string large = (folder_ / "large.csv").string();
  ASSERT_TRUE(engine_->Simulate({.options = {.rows = 20000, .seed = 3}, .file = large}, quiet, {}));
  ASSERT_TRUE(engine_->Clean({.file = large, .dataset = "large"}, quiet, {}));
  for (int seed = 0; seed < 12; ++seed) {
    ASSERT_TRUE(
        service_->jobs().Submit({.kind = "train",
                                 .request = fmt::format(R"({{"dataset":"large","seed":{}}})", seed),
                                 .actor = "test"}));
  }
  for (const Endpoint& endpoint : service_->endpoints()) {
    SCOPED_TRACE(endpoint.route.method + " " + endpoint.route.pattern);
    const Answered answer = Ask(RequestTo(endpoint));
    EXPECT_LT(answer.status, 300);
    ExpectAsDocumented(endpoint, answer);
    if (answer.status == 202) job_ = Json::parse(answer.body).at("id");
  }
}

TEST_F(ServiceTest, RefusesParametersThatAreNotDocumented) {
  for (const Endpoint& endpoint : service_->endpoints()) {
    if (endpoint.takes_columns) continue;
    ExpectProblem(RequestTo(endpoint, "colour=red&"), 400, "colour");
  }
  ExpectProblem(Get("/recommend?budget=12000&colour=red"), 400, "colour");
}

TEST_F(ServiceTest, RefusesWrongPlans) {
  ExpectProblem(Post("/predict?dataset=none", kJson, kPlan), 404);
  ExpectProblem(Post("/predict", "text/plain", kPlan), 415);
  ExpectProblem(Post("/predict", kJson, "{"), 400);
  ExpectProblem(Post("/predict", kJson, "7"), 400);
  ExpectProblem(Post("/predict", kJson, "[]"), 400);
  ExpectProblem(Post("/predict", kJson, R"({"Impressions":"many"})"), 400, "Impressions");
  ExpectProblem(Post("/predict", kJson, R"({"Impressions":-1})"), 400, "Impressions");
  ExpectProblem(Post("/predict", kJson, R"({"Channel_Used":[1]})"), 400, "Channel_Used");
  ExpectProblem(Post("/predict", kJson, R"([{},{"Duration":null}])"), 400, "[1].Duration");
  ExpectProblem(Post("/predict", kJson, R"([{},{"Colour":"red"}])"), 400, "[1].Colour");
  ExpectProblem(Post("/predict?explain=perhaps", kJson, kPlan), 400, "explain");
  ExpectProblem(Post("/predict?scale=log", kJson, kPlan), 400, "scale");
  ExpectProblem(Post("/predict?dataset=a/b", kJson, kPlan), 400, "dataset");
  std::string plans = "[";
  for (int i = 0; i < 10000; ++i) plans += "{},";
  ExpectProblem(Post("/predict", kJson, plans + "{}]"), 400);
}

TEST_F(ServiceTest, RefusesOtherMistakes) {
  ExpectProblem(Get("/recommend"), 400, "budget");
  ExpectProblem(Get("/recommend?budget=much"), 400, "budget");
  ExpectProblem(Get("/recommend?budget=12000&objective=fame"), 400);
  ExpectProblem(Get("/recommend?budget=12000&dataset=none"), 404);
  ExpectProblem(Get("/api/dataset/options?dataset=none"), 404);
  ExpectProblem(Get("/api/datasets/none"), 404);
  ExpectProblem(Get("/api/models/none"), 404);
  ExpectProblem(Get("/api/jobs/none"), 404);
  ExpectProblem(Get("/api/export/none.csv"), 404);
  ExpectProblem(Get("/api/predictions?limit=0"), 400, "limit");
  ExpectProblem(Get("/predict"), 405);
  ExpectProblem(Post("/upload?dry_run=yes", "text/csv", history_), 400, "dry_run");
  ExpectProblem(Post("/upload?mode=add", "text/csv", history_), 400, "mode");
  for (const std::string words : {"map=Cost", "map=Cost%3DFame", "map=None%3DClicks", "set=Clicks",
                                  "set=Clicks%3D5", "set=Duration%3D5"}) {
    ExpectProblem(Post("/upload?dataset=new&" + words, "text/csv", history_), 400,
                  words.substr(0, 3));
  }
  ExpectProblem(Post("/api/train", kJson, R"({"colour":1})"), 400, "colour");
  ExpectProblem(Post("/api/train", kJson, R"({"seed":-1})"), 400, "seed");
  ExpectProblem(Post("/api/train", kJson, R"({"seed":1.5})"), 400, "seed");
}

TEST_F(ServiceTest, DraftsAreNotKept) {
  const auto kept = [&](std::string_view path) {
    return Json::parse(Ask(Get(path)).body).at("items").size();
  };
  EXPECT_EQ(Ask(Post("/predict?log=false", kJson, kPlan)).status, 200);
  EXPECT_EQ(Ask(Get("/recommend?budget=12000&log=false")).status, 200);
  ASSERT_TRUE(engine_->FlushLog());
  EXPECT_EQ(kept("/api/predictions"), 0U);
  EXPECT_EQ(kept("/api/recommendations"), 0U);
  EXPECT_EQ(Ask(Post("/predict?log=true", kJson, kPlan)).status, 200);
  EXPECT_EQ(Ask(Get("/recommend?budget=12000")).status, 200);
  ASSERT_TRUE(engine_->FlushLog());
  EXPECT_EQ(kept("/api/predictions"), 1U);
  EXPECT_EQ(kept("/api/recommendations"), 1U);
  EXPECT_EQ(kept("/api/predictions?dataset=other"), 0U);
  ExpectProblem(Post("/predict?log=perhaps", kJson, kPlan), 400, "log");
  ExpectProblem(Get("/recommend?budget=12000&log=perhaps"), 400, "log");
}

TEST_F(ServiceTest, HistoryIsReadFromEitherEnd) {
  for (int i = 0; i < 3; ++i) EXPECT_EQ(Ask(Post("/predict", kJson, kPlan)).status, 200);
  ASSERT_TRUE(engine_->FlushLog());
  const auto ids = [&](const std::string& query) {
    std::vector<int64_t> out;
    const Json page = Json::parse(Ask(Get("/api/predictions?" + query)).body);
    for (const Json& item : page.at("items")) out.push_back(item.at("id"));
    return out;
  };
  const std::vector<int64_t> all = ids("limit=10");
  ASSERT_EQ(all.size(), 3U);
  EXPECT_EQ(ids("newest_first=true&limit=2"), (std::vector{all[2], all[1]}));
  EXPECT_EQ(ids(fmt::format("newest_first=true&before={}", all[1])), std::vector{all[0]});
  EXPECT_EQ(ids("from=2020-01-01"), all);
  EXPECT_EQ(ids("to=2020-01-01"), std::vector<int64_t>());
  ExpectProblem(Get("/api/predictions?newest_first=1"), 400, "newest_first");
  ExpectProblem(Get("/api/predictions?from=May"), 400, "from");
  ExpectProblem(Get("/api/predictions?to=2024-02-30"), 400, "to");
}

TEST_F(ServiceTest, ExplanationsCarryTheCampaignsThatAreAskedFor) {
  const auto players = [&](const std::string& query) {
    const Answered answer = Ask(Get("/api/models/" + version_ + "/explanation" + query));
    return Json::parse(answer.body).at("targets").at("Clicks").at("players");
  };
  EXPECT_FALSE(players("")[0].contains("values"));
  for (const Json& player : players("?rows=7")) {
    EXPECT_EQ(player.at("values").size(), 7U);
    EXPECT_EQ(player.at(player.contains("inputs") ? "inputs" : "labels").size(), 7U);
  }
  ExpectProblem(Get("/api/models/" + version_ + "/explanation?rows=-1"), 400, "rows");
  // Another model serves now; the first one is explained all the same.
  NoProgress quiet;
  TrainCommand command;
  command.options.alpha = 50;
  const auto other = engine_->Train(command, quiet, {});
  ASSERT_TRUE(other);
  const Answered answer = Ask(Get("/api/models/" + version_ + "/explanation"));
  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(Json::parse(answer.body).at("model_version"), version_);
  EXPECT_EQ(Ask(Get("/api/models/none/explanation")).status, 404);
}

TEST_F(ServiceTest, TakesWholeNumbersAsJsonSchemaDoes) {
  const Answered answer = Ask(Post("/api/train", kJson, R"({"alpha":1,"seed":7.0,"threads":1})"));
  EXPECT_EQ(answer.status, 202) << answer.body;
}

TEST_F(ServiceTest, TrainsWithoutABody) {
  const Json& operation = document_["paths"]["/api/train"]["post"];
  EXPECT_EQ(operation["requestBody"]["required"], false);
  EXPECT_EQ(document_["paths"]["/predict"]["post"]["requestBody"]["required"], true);
  EXPECT_EQ(Ask("POST /api/train HTTP/1.1\r\nHost: localhost\r\n\r\n").status, 202);
  EXPECT_EQ(Ask(Post("/api/train", kJson, "")).status, 202);
  ExpectProblem("POST /predict HTTP/1.1\r\nHost: localhost\r\n\r\n", 415);
}

TEST_F(ServiceTest, PredictsWhatTheEngineDoes) {
  PredictCommand command;
  command.explain = std::nullopt;
  command.plans = {*PlanFromJson(Json::parse(kPlan)), {}};
  const auto predicted = engine_->Predict(command);
  ASSERT_TRUE(predicted);
  const Answered answer =
      Ask(Post("/predict?explain=false", kJson, fmt::format("[{},{{}}]", kPlan)));
  const Json items = Json::parse(answer.body);
  ASSERT_EQ(items.size(), 2U) << answer.body;
  EXPECT_EQ(items[0], ToJson(predicted->at(0).prediction));
  EXPECT_EQ(items[1], ToJson(predicted->at(1).prediction));
}

}  // namespace
}  // namespace pythia::http
