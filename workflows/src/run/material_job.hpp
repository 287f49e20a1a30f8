// One material of a study as a job: the host, the end points its hops share, and their bands, side
// by side.
#pragma once

#include <cstddef>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include <neb/job.hpp>
#include <neb/path_search.hpp>
#include <neb/relaxation.hpp>
#include <structures/hops.hpp>
#include <structures/io.hpp>
#include <workflows/plan.hpp>
#include <workflows/progress.hpp>
#include <workflows/results.hpp>

#include "extrapolation_watch.hpp"
#include "stages.hpp"

namespace ionpass::workflows {

/// Something finished: what to tell the user, and what to write.
struct StageEvent {
  std::string stage;          ///< "host", "end point", "hop"
  std::string line;           ///< for the user
  std::string file;           ///< relative to the material's folder; empty: none
  std::vector<Frame> frames;  ///< its contents
  bool is_warning = false;
};

/// Each hop goes on as soon as its own inputs are ready. A stage that fails ends the hops that need
/// it, with the reason in their results, and no others.
class MaterialJob final : public neb::Job {
 public:
  /// @param potential outlives the job
  MaterialJob(PreparedMaterial prepared, const Potential& potential, ExpectedEvaluations expected);

  [[nodiscard]] bool finished() const override;
  [[nodiscard]] std::vector<neb::Query> ask() override;
  void tell(std::span<const neb::Answer> answers) override;
  [[nodiscard]] neb::Progress progress() const override;

  /// As far as it has got; hops under way are `unfinished`.
  [[nodiscard]] const MaterialResult& result() const noexcept { return result_; }
  [[nodiscard]] std::size_t hops_done() const noexcept { return hops_done_; }
  /// One line per computation under way.
  [[nodiscard]] std::vector<JobLine> lines() const;
  /// What finished since the last call.
  [[nodiscard]] std::vector<StageEvent> take_events();
  /// Expected work that is left, in units of Potential::cost.
  [[nodiscard]] double cost_left() const;

 private:
  /// A job of ours with its place among the slots and what it used.
  struct Work {
    std::string name;
    std::size_t slot_base = 0;
    std::size_t asked = 0;     ///< queries of the last ask()
    std::size_t expected = 0;  ///< evaluations, rough
    std::size_t evaluations = 0;
    double seconds = 0.0;
    std::string last_error;
    bool is_search = false;         ///< a hop's path, not a relaxation
    ExtrapolationWatch watch;       ///< of a search
    std::unique_ptr<neb::Job> job;  ///< null before it starts and after its end
  };
  struct RelaxWork {
    Work work;
    Structure start;
    std::string result_name;                ///< "host", "<hop>/initial"
    neb::Relaxation* relaxation = nullptr;  ///< the job of `work`
    bool done = false;
    std::string fault;  ///< why what depends on it cannot go on
    HopStatus fault_status = HopStatus::failed;
    Structure relaxed;
    Evaluation evaluation;
  };
  struct HopWork {
    Work work;
    std::size_t index = 0;  ///< in result_.hops
    HopEndpoints ends;
    VacancySites sites;
    neb::PathSearch* search = nullptr;  ///< the job of `work`
    bool done = false;
  };

  /// Calls visit(work) for each computation under way, always in the same order.
  template <typename Self, typename Visit>
  static void visit_active(Self& self, Visit&& visit);
  [[nodiscard]] Work make_work(std::string name, std::size_t expected);
  void start(RelaxWork& relax, const neb::RelaxationSettings& settings);
  void start_hosts();
  void start_end_points();
  void start_end_point(std::size_t site, const std::string& result_name);
  void start_search(HopWork& hop);
  [[nodiscard]] std::string moved_end_fault(const HopWork& hop) const;
  void watch(Work& work, const Structure& structure);
  void warn_of_path(const HopWork& hop, const neb::Path& path);
  void advance();
  void finish_host(RelaxWork& host);
  void choose_host();
  void finish(RelaxWork& relax);
  void finish_end_point(RelaxWork& relax);
  void finish_search(HopWork& hop);
  void end_hop(HopWork& hop, HopStatus status, std::string diagnosis);
  void conclude(HopWork& hop);
  [[nodiscard]] bool check_ends(HopWork& hop, const neb::Path& ends);
  [[nodiscard]] neb::Path relaxed_ends(const HopWork& hop) const;
  [[nodiscard]] const std::string& hop_label(const HopWork& hop) const;

  PreparedMaterial prepared_;
  const Potential& potential_;
  ExtrapolationWatch watch_;  ///< of host and end points
  double cost_;               ///< of one evaluation, in units of Potential::cost
  ExpectedEvaluations expected_;
  MaterialResult result_;
  std::size_t works_made_ = 0;
  std::size_t hops_done_ = 0;
  std::vector<RelaxWork> hosts_;
  std::map<std::size_t, RelaxWork> end_points_;  ///< by empty site of the supercell
  std::vector<HopWork> hops_;
  std::vector<StageEvent> events_;
};

/// How a relaxation ended, for the user.
[[nodiscard]] std::string relaxation_line(const RelaxationResult& result);

/// A structure with its energy and forces as a frame of a file.
[[nodiscard]] Frame evaluated_frame(const Structure& structure, const Evaluation& evaluation);

/// A name as a folder: letters, digits and ._+- stay, all else becomes "_".
[[nodiscard]] std::string folder_name(const std::string& name);

}  // namespace ionpass::workflows
