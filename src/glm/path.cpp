#include "glm/path.h"

#include <optional>
#include <utility>

#include "base/check.h"
#include "glm/newton.h"
#include "glm/null_model.h"

namespace pythia::glm {

// They refer to one another, so they stay where they are.
struct RidgePath::Parts {
  Parts(DesignSource& source, FitOptions of_path, Survey survey_of_path)
      : options(std::move(of_path)),
        survey(std::move(survey_of_path)),
        geometry(source, survey, true),
        evaluator(source, options, geometry, survey.rows) {}

  FitOptions options;
  Survey survey;
  Geometry geometry;
  Evaluator evaluator;
  std::optional<Newton> newton;  // from the first fit on
};

RidgePath::RidgePath(std::unique_ptr<Parts> parts) : parts_(std::move(parts)) {}
RidgePath::RidgePath(RidgePath&& other) noexcept = default;
RidgePath::~RidgePath() = default;

Result<RidgePath> RidgePath::Open(DesignSource& source, const FitOptions& options) {
  const DesignShape shape = source.shape();
  PYTHIA_TRY(CheckShape(shape));
  const int blocks_per_group = BlocksPerGroup(shape);
  source.SetSlots(SlotsForPass(options.threads, blocks_per_group));
  PYTHIA_ASSIGN(Survey survey, SurveyDesign(source, options, blocks_per_group, false));
  // Scales of nothing: no fit will look at them.
  survey.mean.resize(static_cast<size_t>(shape.num_dense));
  survey.deviation.resize(static_cast<size_t>(shape.num_dense));
  FitOptions of_path = options;
  of_path.fit_intercept = true;
  return RidgePath(std::make_unique<Parts>(source, std::move(of_path), std::move(survey)));
}

Result<PathPoint> RidgePath::Fit(double alpha) {
  PYTHIA_CHECK(alpha > 0);
  Parts& p = *parts_;
  const auto stopped = [&] { return p.survey.cancelled || p.evaluator.cancelled(); };
  PathPoint point{.cancelled = true};
  if (stopped()) return point;
  if (p.newton) {
    p.newton->SetAlpha(alpha);
  } else {
    p.options.alpha = alpha;
    Eigen::VectorXd null_theta = Eigen::VectorXd::Zero(p.geometry.width());
    PYTHIA_ASSIGN(null_theta[0],
                  NullIntercept(p.evaluator, p.options, p.survey, p.geometry.width()));
    p.newton.emplace(p.evaluator, p.options, p.geometry, p.survey);
    PYTHIA_TRY(p.newton->Prepare(null_theta, p.options.start.empty()
                                                 ? Eigen::VectorXd()
                                                 : p.geometry.ToTheta(p.options.start)));
  }
  PYTHIA_TRY(p.newton->RunOn());
  if (stopped()) return point;
  p.geometry.FromTheta(p.newton->optimum(), &point.intercept, &point.beta);
  point.converged = p.newton->converged();
  point.cancelled = false;
  return point;
}

}  // namespace pythia::glm
