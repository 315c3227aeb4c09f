/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Between i82077.c, registers and phases, i82077_command.c, the commands, and
 * i82077_transfer.c, those that move sectors.
 */
#ifndef EMU_DEV_BLOCK_I82077_CORE_H
#define EMU_DEV_BLOCK_I82077_CORE_H

#include "dev/block/i82077.h"

#define I82077_COMMAND_BYTES 9
#define I82077_RESULT_BYTES 10

#define DOR_DRIVE 0x03
#define DOR_NOT_RESET 0x04
#define DOR_GATE 0x08 /* of INT and DMA */

#define ST0_ABNORMAL 0x40
#define ST0_INVALID 0x80
#define ST0_POLLED 0xC0
#define ST0_SEEK_END 0x20
#define ST0_EQUIPMENT 0x10

#define ST1_MISSING_MARK 0x01
#define ST1_NOT_WRITABLE 0x02
#define ST1_NO_DATA 0x04
#define ST1_OVERRUN 0x10
#define ST1_DATA_ERROR 0x20
#define ST1_END 0x80

#define ST2_WRONG_CYLINDER 0x10
#define ST2_BAD_CYLINDER 0x02
#define ST2_DATA_ERROR 0x20
#define ST2_CONTROL_MARK 0x40

#define COMMAND_MFM 0x40
#define COMMAND_MT 0x80
#define COMMAND_SK 0x20

#define CONFIG_SEEK 0x40 /* implied by data commands */
#define CONFIG_POLL_OFF 0x10
#define CONFIG_RESET 0x20 /* no FIFO, polling, threshold 1 */

struct floppy_format {
	uint32_t sectors;
	uint8_t cylinders, heads, per_track;
	uint8_t rates; /* bit n: data rate code n */
	uint8_t drive_type;
};

struct floppy_drive {
	bool there;
	struct disk *disk; /* NULL: no medium */
	const struct floppy_format *format;
	bool changed;     /* DSKCHG */
	uint8_t position; /* of the heads */
};

/* The phases; in execution the host moves bytes through the data register. */
enum i82077_phase { I82077_COMMAND, I82077_EXECUTION, I82077_RESULT };

enum i82077_operation { I82077_READ, I82077_WRITE, I82077_VERIFY, I82077_FORMAT };

struct i82077 {
	struct irq irq;
	struct i82077_dma dma;
	struct floppy_drive drive[I82077_DRIVES];

	uint8_t dor, tdr, rate;
	uint8_t phase;
	uint8_t command[I82077_COMMAND_BYTES], command_at;
	uint8_t result[I82077_RESULT_BYTES], result_at, result_count;
	bool interrupt; /* INT, but for the gate */

	/* SENSE INTERRUPT STATUS has something to say of these drives. */
	uint8_t sense, sense_st0[4];
	uint8_t cylinder[4]; /* PCN */

	uint8_t specify[2]; /* SRT and HUT; HLT and non-DMA */
	uint8_t config, precompensation, perpendicular;
	bool lock;

	/* The data command under way: the sector it is at, and how far in it. */
	uint8_t operation, unit, head, c, h, r, n, end;
	uint8_t id_at; /* rotation, as READ ID sees it */
	uint8_t st1, st2;
	uint16_t at, length;
	uint8_t buffer[SECTOR_BYTES];
};

/* Phases. */
void i82077_idle(struct i82077 *f);
void i82077_answer(struct i82077 *f, unsigned count); /* result[] has been filled */
void i82077_interrupt(struct i82077 *f, bool level);

/* The command has come completely; how many bytes that are, the first included. */
unsigned i82077_command_bytes(uint8_t first);
void i82077_execute(struct i82077 *f);

/* Data commands: begins one; a unit of PIO is over. */
void i82077_transfer(struct i82077 *f, enum i82077_operation operation);
void i82077_unit_done(struct i82077 *f);
void i82077_read_id(struct i82077 *f);

/* The drive of a command's second byte, or NULL; moves its heads by so many steps. */
struct floppy_drive *i82077_drive(struct i82077 *f, unsigned n);
void i82077_step(struct i82077 *f, unsigned n, int steps);

#endif
