# SPDX-License-Identifier: BSD-2-Clause
#
# Tasks of small systems, by which tests/system/test_root.py tries what root does for them.
system-tasks := boss chatter echo greedy loner picture victim
user-programs += $(addprefix task-,$(system-tasks))
$(foreach t,$(system-tasks),\
	$(eval task-$t-src := tests/system/tasks/$t.c)\
	$(eval task-$t-base := 0x00400000))
task-boss-libs := lib/libfdt.a
