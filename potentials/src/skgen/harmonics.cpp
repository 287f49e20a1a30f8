#include "skgen/harmonics.hpp"

#include <cmath>

namespace ionpass::skgen {

PolarFunction polar_function(int l, int m, const Eigen::ArrayXd& cosine,
                             const Eigen::ArrayXd& sine) {
  double norm = 0.5 * (2 * m + 1);
  for (int k = 1; k <= m; ++k) norm *= (2.0 * k - 1.0) / (2.0 * k);
  Eigen::ArrayXd value = Eigen::ArrayXd::Constant(cosine.size(), std::sqrt(norm));
  for (int k = 0; k < m; ++k) value *= sine;
  Eigen::ArrayXd below = Eigen::ArrayXd::Zero(cosine.size());
  const double m2 = m * m;
  for (int k = m + 1; k <= l; ++k) {
    const double k2 = k * k, lower2 = (k - 1) * (k - 1);
    const double a = std::sqrt((4.0 * k2 - 1.0) / (k2 - m2));
    const double b = k - 1 > m ? std::sqrt((lower2 - m2) / (4.0 * lower2 - 1.0)) : 0.0;
    const Eigen::ArrayXd next = a * (cosine * value - b * below);
    below = value;
    value = next;
  }
  const double l2 = l * l;
  const double step = l > m ? std::sqrt((2.0 * l + 1.0) * (l2 - m2) / (2.0 * l - 1.0)) : 0.0;
  return {value, (l * cosine * value - step * below) / sine};
}

}  // namespace ionpass::skgen
