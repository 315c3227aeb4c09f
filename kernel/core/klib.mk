kernel-src += kernel/core/klib.c kernel/core/printk.c
