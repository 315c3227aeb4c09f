/* SPDX-License-Identifier: BSD-2-Clause
 *
 * A bank of NOR flash: two 16-bit devices side by side, 32 bits wide, with Intel's
 * command set (Common Flash Interface, JESD68; command set 1, as in Intel StrataFlash
 * J3, document 290667).  Erased when created.
 */
#ifndef EMU_DEV_MISC_CFI_FLASH_H
#define EMU_DEV_MISC_CFI_FLASH_H

#include <emu/chip.h>

/* Of both devices together. */
#define CFI_FLASH_BLOCK_BYTES 0x40000

struct cfi_flash;

extern const struct chip_ops cfi_flash_ops;

/* `bytes` is a power of two, at least CFI_FLASH_BLOCK_BYTES and at most 64 MiB.  Of them
 * `most` (0: all) can hold something at a time, in pages of 4 KiB: programming more fails
 * as in a device that is worn out, until something is erased. */
struct cfi_flash *cfi_flash_create(uint32_t bytes, uint32_t most);

#endif
