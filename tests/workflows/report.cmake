# Kinetics, literature and the report.
foreach(subject kinetics literature report)
  ionpass_add_test(workflows_${subject}_test
    SOURCES ${subject}_test.cpp
    LINKS ionpass::workflows
    LABELS unit)
endforeach()
