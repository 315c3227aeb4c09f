# SPDX-License-Identifier: BSD-2-Clause
#
# Installing the command l4vm with what it puts on images.  `make install` builds first;
# it asks for no packages, so that it also works for an administrator who only installs.

PREFIX ?= /usr/local
DESTDIR ?=

system-programs := sigma0 root console serial block manager vmm
system-files := $(BUILD)/l4vm $(addprefix $(BUILD)/bin/,$(system-programs))
example-programs := realtime
example-files := $(wildcard examples/*.conf)
to := $(DESTDIR)$(PREFIX)

install: $(system-files) $(addprefix $(BUILD)/bin/,l4vm $(example-programs)) ## The command and its files, to PREFIX (/usr/local)
	$(Q)install -d $(to)/bin $(to)/lib/l4vm/bin $(to)/share/man/man1 $(to)/share/man/man5 \
		$(to)/share/bash-completion/completions $(to)/share/doc/l4vm/examples
	$(Q)install -m 755 $(BUILD)/bin/l4vm $(to)/bin/l4vm
	$(Q)install -m 644 $(BUILD)/l4vm $(to)/lib/l4vm/l4vm
	$(Q)install -m 644 $(addprefix $(BUILD)/bin/,$(system-programs) $(example-programs)) \
		$(to)/lib/l4vm/bin
	$(Q)install -m 644 tools/l4vm/l4vm.1 $(to)/share/man/man1/l4vm.1
	$(Q)install -m 644 tools/l4vm/l4vm.conf.5 $(to)/share/man/man5/l4vm.conf.5
	$(Q)install -m 644 tools/l4vm/l4vm.bash $(to)/share/bash-completion/completions/l4vm
	$(Q)install -m 644 LICENSE $(to)/share/doc/l4vm/LICENSE
	$(Q)install -m 644 $(example-files) $(to)/share/doc/l4vm/examples
	@echo "installed in $(to)"

uninstall: ## Removes what install has put there
	$(Q)rm -f $(to)/bin/l4vm $(to)/share/man/man1/l4vm.1 $(to)/share/man/man5/l4vm.conf.5 \
		$(to)/share/bash-completion/completions/l4vm
	$(Q)rm -rf $(to)/lib/l4vm $(to)/share/doc/l4vm

.PHONY: install uninstall
