#include "glm/reference_irls_test.h"

#include <cmath>

#include <Eigen/QR>

namespace pythia::glm {
namespace {

class ReferenceIrls {
 public:
  ReferenceIrls(const MemoryDesign& design, Family family) : family_(family) {
    const auto n = static_cast<Eigen::Index>(design.num_rows());
    x_.setOnes(n, 1 + design.shape().num_dense);
    for (int j = 0; j < design.shape().num_dense; ++j) x_.col(1 + j) = ToVector(design.dense[j]);
    y_ = ToVector(design.y);
    weights_ = design.weights.empty() ? Eigen::VectorXd::Ones(n) : ToVector(design.weights);
    offset_ = design.offset.empty() ? Eigen::VectorXd::Zero(n) : ToVector(design.offset);
    eta_ = y_.binaryExpr(weights_, [&](double y, double weight) {
      const double start = (weight * y + 0.5) / (weight + 1);
      return family_ == Family::kPoissonLog ? std::log(y + 0.1) : std::log(start / (1 - start));
    });
  }

  // One weighted least squares at the current means.
  void Step(ReferenceFit* fit) {
    const Eigen::VectorXd mu =
        eta_.unaryExpr([&](double eta) { return InverseLink(family_, eta); });
    const Eigen::VectorXd slope =
        family_ == Family::kPoissonLog ? mu : Eigen::VectorXd(mu.array() * (1 - mu.array()));
    const Eigen::VectorXd root = (weights_.array() * slope.array()).sqrt();
    const Eigen::VectorXd target = (eta_ - offset_).array() + (y_ - mu).array() / slope.array();
    const Eigen::HouseholderQR<Eigen::MatrixXd> qr(root.asDiagonal() * x_);
    fit->estimates = qr.solve(Eigen::VectorXd(root.array() * target.array()));
    const Eigen::MatrixXd r = qr.matrixQR().topRows(x_.cols()).triangularView<Eigen::Upper>();
    const Eigen::MatrixXd inverse =
        r.triangularView<Eigen::Upper>().solve(Eigen::MatrixXd::Identity(x_.cols(), x_.cols()));
    fit->standard_errors = inverse.rowwise().norm();
    eta_ = x_ * fit->estimates + offset_;
    fit->deviance = Deviance();
  }

 private:
  static Eigen::VectorXd ToVector(const std::vector<double>& values) {
    return Eigen::Map<const Eigen::VectorXd>(values.data(),
                                             static_cast<Eigen::Index>(values.size()));
  }

  double Deviance() const {
    long double deviance = 0;  // as in R's sum(): when the deviance has settled depends on it
    for (Eigen::Index i = 0; i < y_.size(); ++i) {
      const double mu = InverseLink(family_, eta_[i]);
      double unit = y_[i] > 0 ? y_[i] * std::log(y_[i] / mu) : 0;
      if (family_ == Family::kPoissonLog) {
        unit -= y_[i] - mu;
      } else if (y_[i] < 1) {
        unit += (1 - y_[i]) * std::log((1 - y_[i]) / (1 - mu));
      }
      deviance += 2 * weights_[i] * unit;
    }
    return static_cast<double>(deviance);
  }

  const Family family_;
  Eigen::MatrixXd x_;
  Eigen::VectorXd y_;
  Eigen::VectorXd weights_;
  Eigen::VectorXd offset_;
  Eigen::VectorXd eta_;
};

}  // namespace

ReferenceFit FitReference(const MemoryDesign& design, Family family, double epsilon) {
  ReferenceIrls irls(design, family);
  ReferenceFit fit;
  double before = HUGE_VAL;
  for (int i = 0; i < 50; ++i) {
    irls.Step(&fit);
    if (std::abs(fit.deviance - before) / (std::abs(fit.deviance) + 0.1) < epsilon) break;
    before = fit.deviance;
  }
  fit.standard_errors_as_r = fit.standard_errors;
  for (int i = 0; i < 3; ++i) irls.Step(&fit);
  return fit;
}

}  // namespace pythia::glm
