# SPDX-License-Identifier: BSD-2-Clause
libc-src += lib/c/builtins.c lib/c/printf.c lib/c/stdlib.c lib/c/string.c
