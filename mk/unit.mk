# SPDX-License-Identifier: BSD-2-Clause
#
# Unit tests that run on Linux, each built twice: as it is, and with the address
# and undefined-behaviour sanitizers.  They print TAP.

unit-programs := $(foreach t,$(unit-tests),$(BUILD)/unit/$t $(BUILD)/unit-san/$t)

unit: $(unit-programs) ## The unit tests that run on Linux, build/COMPILER/unit

unit-san-flags := $(sanitize)

# One test in one variant: $(eval $(call unit-test,NAME,VARIANT)).
define unit-test
$(call compile,obj-$2/$1,$(unit-flags) $($1-cflags) $($2-flags),$($1-src))
$(call track,$(BUILD)/obj-$2/$1/link,$(CC) $($2-flags) $(call objects,obj-$2/$1,$($1-src)))
$(BUILD)/$2/$1: $(call objects,obj-$2/$1,$($1-src)) $(BUILD)/obj-$2/$1/link
	$$(call run,LINK,$(CC) $$($2-flags) -o $$@ $(call objects,obj-$2/$1,$($1-src)))
endef
$(foreach t,$(unit-tests),\
	$(eval $(call unit-test,$t,unit))\
	$(eval $(call unit-test,$t,unit-san)))

.PHONY: unit
