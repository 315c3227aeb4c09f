# SPDX-License-Identifier: BSD-2-Clause
#
# Programs that run on the kernel, and the two libraries they link.  bin/NAME is
# what is loaded, elf/NAME the same with symbols for a debugger.

crt0 := lib/l4/x86_64/crt0.S
crt0-object := $(call objects,lib,$(crt0))
libc-objects := $(call objects,lib,$(libc-src))
libl4-objects := $(filter-out $(crt0-object),$(call objects,lib,$(libl4-src)))
user-libraries := $(BUILD)/lib/libl4.a $(BUILD)/lib/libc.a
user-link := $(LD) -nostdlib -static --gc-sections --build-id=none -z noexecstack \
	-z max-page-size=4096 -T mk/user.ld

user: $(addprefix $(BUILD)/bin/,$(user-programs)) ## The programs that run on it, build/COMPILER/bin

$(eval $(call compile,lib,$(user-flags),$(crt0) $(libc-src) $(libl4-src)))

$(call track,$(BUILD)/lib/list,$(libc-objects) $(libl4-objects))
$(BUILD)/lib/libc.a: $(libc-objects)
$(BUILD)/lib/libl4.a: $(libl4-objects)
$(user-libraries): $(BUILD)/lib/list
	$(call run,AR,rm -f $@ && $(AR) rcsD $@ $(filter %.o,$^))

# libfdt, from the kernel source package: the one in libfdt-dev uses what only a full C
# library has (stack protection by thread-local storage).
libfdt-src := $(addprefix $(CACHE)/libfdt/,fdt.c fdt_ro.c fdt_rw.c fdt_sw.c fdt_wip.c \
	fdt_addresses.c fdt_empty_tree.c fdt_strerror.c)
libfdt-objects := $(patsubst $(CACHE)/libfdt/%.c,$(BUILD)/lib/libfdt/%.o,$(libfdt-src))
libfdt-flags = $(freestanding) -Ilib/c/include -I$(CACHE)/libfdt

# Once for all clones, whose files are newer.
$(CACHE)/libfdt/.complete:
	$(call run,UNPACK,tools/unpack-libfdt $(@D) && touch $@)
$(libfdt-src): | $(CACHE)/libfdt/.complete ;
$(call objects,emu-l4,$(emu-src)) $(foreach p,$(user-programs),$(call objects,user/$p,$($p-src))): \
	| $(CACHE)/libfdt/.complete
$(BUILD)/lib/libfdt/%.o: $(CACHE)/libfdt/%.c
	$(call run,CC,$(CC) $(libfdt-flags) -c -o $@ $<)
$(BUILD)/lib/libfdt.a: $(libfdt-objects)
	$(call run,AR,rm -f $@ && $(AR) rcsD $@ $^)

# One program: $(eval $(call program,NAME)).
define program
$1-raw := $(filter 1,$($1-raw))
$1-objects := $(call objects,user/$1,$($1-src))
$1-inputs := $$(if $$($1-raw),,$(crt0-object)) $$($1-objects) \
	$$(addprefix $(BUILD)/,$$($1-libs)) $$(if $$($1-raw),,$(user-libraries))
$$(eval $$(call compile,user/$1,$$(if $$($1-raw),$(raw-flags),$(user-flags)) $($1-cflags),$($1-src)))
$$(call track,$(BUILD)/user/$1/link,$(user-link) $($1-base) $$($1-inputs))
$(BUILD)/elf/$1: $$($1-inputs) mk/user.ld $(BUILD)/user/$1/link
	$$(call run,LD,$(user-link) --defsym=__base=$($1-base) -o $$@ $$($1-inputs))
endef
$(foreach p,$(user-programs),$(eval $(call program,$p)))

$(BUILD)/bin/%: $(BUILD)/elf/%
	$(call run,STRIP,$(STRIP) --strip-all -o $@ $<)

.SECONDARY: $(addprefix $(BUILD)/elf/,$(user-programs))
.PHONY: user
