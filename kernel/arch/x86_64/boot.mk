kernel-src += kernel/arch/x86_64/boot.S kernel/arch/x86_64/ap_boot.S
