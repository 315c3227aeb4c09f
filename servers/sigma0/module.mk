# SPDX-License-Identifier: BSD-2-Clause
user-programs += sigma0
sigma0-src := servers/sigma0/claims.c servers/sigma0/main.c servers/sigma0/memory.c
sigma0-base := 0x00200000
