#include <structures/elements.hpp>
#include <structures/structure.hpp>

namespace ionpass {

std::string Structure::label(std::size_t i) const {
  if (i < labels.size() && !labels[i].empty()) return labels[i];
  return std::string(element_symbol(numbers.at(i))) + std::to_string(i);
}

std::map<int, std::size_t> composition(const Structure& structure) {
  std::map<int, std::size_t> counts;
  for (const int number : structure.numbers) ++counts[number];
  return counts;
}

std::string formula(const Structure& structure) {
  std::map<std::string, std::size_t> counts;
  for (const auto& [number, count] : composition(structure)) {
    counts[std::string(element_symbol(number))] = count;
  }
  std::string text;
  const auto take = [&](const std::string& symbol) {
    const auto found = counts.find(symbol);
    if (found == counts.end()) return;
    text += symbol;
    if (found->second > 1) text += std::to_string(found->second);
    counts.erase(found);
  };
  // Hill: carbon, then hydrogen, then the alphabet; without carbon the alphabet alone.
  if (counts.contains("C")) {
    take("C");
    take("H");
  }
  while (!counts.empty()) take(std::string(counts.begin()->first));
  return text;
}

}  // namespace ionpass
