# SPDX-License-Identifier: BSD-2-Clause
#
# Programs that crash, one for each kind of crash.
crash-kinds := write read jump opcode divide privileged stack
user-programs += $(addprefix crash-,$(crash-kinds))
$(foreach k,$(crash-kinds),\
	$(eval crash-$k-src := tests/system/crash/crash.c)\
	$(eval crash-$k-base := 0x01000000)\
	$(eval crash-$k-cflags := -DCRASH=CRASH_$k))
