# SPDX-License-Identifier: BSD-2-Clause
#
# Goals that look at the source or tidy up.

formatted-files = $(shell git ls-files '*.c' '*.h')

setup: ## Installs the Debian packages for every goal, or says which
	$(Q)tools/setup

size: $(BUILD)/kernel.elf ## Kernel text and lines of privileged code, with their bars
	$(Q)tools/size $<

style: ## Figures of the coding style
	$(Q)tools/style

format: ## Lays out all C files with clang-format
	$(Q)tools/setup style
	$(Q)clang-format -i $(formatted-files)

# One object per line; no flag contains a quote or a backslash.
comma := ,
define newline


endef
compile-command = {"directory": "$(CURDIR)"$(comma) "file": "$s"$(comma) \
	"output": "$(BUILD)/$d/$s.o"$(comma) \
	"command": "$(CC) $(flags-$d) -c -o $(BUILD)/$d/$s.o $s"}
compile-commands = $(foreach d,$(object-dirs),$(foreach s,$(sources-$d),$(compile-command)))

compile_commands.json: Makefile $(wildcard mk/*.mk) $(module-files) ## For editors and language servers
	$(Q)$(file >$@,[$(subst } {,}$(comma)$(newline){,$(compile-commands))]):

help: ## This list
	@echo 'make [COMPILER=clang] [KDB=1] [V=1] GOAL; the goals:'
	@sed -n 's/^\([a-z_.-]*\):.*## \(.*\)/\1\t\2/p' $(filter-out $(module-files),$(MAKEFILE_LIST)) | \
		sort | while IFS="	" read -r goal text; do printf '  %-22s %s\n' "$$goal" "$$text"; done

clean: ## Removes everything built
	rm -rf build compile_commands.json

.PHONY: setup size style format help clean
