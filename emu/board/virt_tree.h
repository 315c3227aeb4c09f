/* SPDX-License-Identifier: BSD-2-Clause
 *
 * The device tree of the machine `virt`, and the map that it and the machine share.
 */
#ifndef EMU_BOARD_VIRT_TREE_H
#define EMU_BOARD_VIRT_TREE_H

#include <emu/types.h>

#define VIRT_FLASH 0x00000000u
#define VIRT_FLASH_BYTES 0x04000000u /* of each of two banks */
#define VIRT_GIC_DISTRIBUTOR 0x08000000u
#define VIRT_GIC_CPU 0x08010000u
#define VIRT_UART 0x09000000u
#define VIRT_RTC 0x09010000u
#define VIRT_FW_CFG 0x09020000u
#define VIRT_GPIO 0x09030000u
#define VIRT_VIRTIO 0x0a000000u
#define VIRT_VIRTIO_STEP 0x200u
#define VIRT_VIRTIO_COUNT 32u
#define VIRT_RAM 0x40000000u

/* Shared peripheral interrupts. */
#define VIRT_SPI_UART 1
#define VIRT_SPI_RTC 2
#define VIRT_SPI_GPIO 7
#define VIRT_SPI_VIRTIO 16 /* and the following */

/* Private peripheral interrupts of the generic timer. */
#define VIRT_PPI_VIRTUAL_TIMER 11
#define VIRT_PPI_SECURE_TIMER 13
#define VIRT_PPI_TIMER 14
#define VIRT_PPI_HYP_TIMER 10

#define VIRT_CLOCK_HZ 24000000
#define VIRT_POWER_KEY_LINE 3 /* of the GPIO */

/* Makes the tree in `tree`; `cpu` is the model's name ("cortex-a7"), `flash_banks` 2, or
 * 1 if the first is read-only memory with firmware.  Without memory node and command
 * line.  False if it doesn't fit. */
bool virt_tree_make(void *tree, size_t bytes, const char *cpu, unsigned flash_banks);

#endif
