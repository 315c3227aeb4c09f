/* SPDX-License-Identifier: BSD-2-Clause
 *
 * 82077AA: READ and WRITE DATA, deleted or not, READ TRACK, VERIFY, FORMAT TRACK, READ ID
 * (data sheet 290166, 6.1 and 6.2), by DMA or by PIO.
 * A unit is a sector, or what FORMAT TRACK is told of one.  Every sector of an image has
 * the ID one expects and a normal data mark: WRITE DELETED DATA writes normal ones, and
 * formats other than the image's are refused.  Without a readable disk there are no
 * address marks, where a real drive might keep the controller waiting.
 * What is written is in the image, flushed, when the command ends.
 */
#include <emu/log.h>
#include <string.h>

#include "dev/block/i82077_core.h"

#define SIZE_512 2 /* N */
#define ID_BYTES 4
#define SPECIFY_NON_DMA 0x01
#define VERIFY_COUNT 0x80 /* EC: DTL is a count of sectors */

#define CODE_MASK 0x1F
#define CODE_READ_TRACK 0x02
#define CODE_READ_DELETED 0x0C

static bool fdc_code_is(const struct i82077 *f, uint8_t code)
{
	return (f->command[0] & CODE_MASK) == code;
}

/* The drive if under its head there is something to be read. */
static struct floppy_drive *fdc_readable(struct i82077 *f)
{
	struct floppy_drive *d = i82077_drive(f, f->unit);

	if (!d || !d->disk || !(f->command[0] & COMMAND_MFM) ||
	    !(d->format->rates >> f->rate & 1) || d->position >= d->format->cylinders ||
	    f->head >= d->format->heads)
		return NULL;
	return d;
}

static uint64_t fdc_sector(const struct i82077 *f, const struct floppy_drive *d)
{
	return ((uint64_t)d->position * d->format->heads + f->head) * d->format->per_track + f->r -
	       1;
}

static void fdc_results(struct i82077 *f, uint8_t st0)
{
	f->result[0] = (uint8_t)(st0 | f->head << 2 | f->unit);
	f->result[1] = f->st1;
	f->result[2] = f->st2;
	f->result[3] = f->c;
	f->result[4] = f->h;
	f->result[5] = f->r;
	f->result[6] = f->n;
	i82077_answer(f, 7);
	i82077_interrupt(f, true);
}

/* The end of a data command. */
static void fdc_finish(struct i82077 *f, uint8_t st0)
{
	struct floppy_drive *d = i82077_drive(f, f->unit);
	bool wrote = f->operation == I82077_WRITE || f->operation == I82077_FORMAT;

	if (wrote && d && d->disk && !d->disk->read_only && !disk_flush(d->disk)) {
		f->st1 |= ST1_DATA_ERROR;
		st0 |= ST0_ABNORMAL;
	}
	fdc_results(f, st0);
}

static bool fdc_fail(struct i82077 *f, uint8_t st1, uint8_t st2)
{
	f->st1 |= st1;
	f->st2 |= st2;
	fdc_finish(f, ST0_ABNORMAL);
	return false;
}

/* Is the sector there? */
static bool fdc_find_sector(struct i82077 *f, const struct floppy_drive *d)
{
	if (f->c != d->position)
		return fdc_fail(f, ST1_NO_DATA,
				f->c == 0xFF ? ST2_WRONG_CYLINDER | ST2_BAD_CYLINDER :
					       ST2_WRONG_CYLINDER);
	if (f->h != f->head || f->r == 0 || f->r > d->format->per_track || f->n != SIZE_512)
		return fdc_fail(f, ST1_NO_DATA, 0);
	return true;
}

/* Makes the next unit ready; false: the command is over. */
static bool fdc_begin_unit(struct i82077 *f)
{
	const struct floppy_drive *d = fdc_readable(f);
	bool writes = f->operation == I82077_WRITE || f->operation == I82077_FORMAT;

	f->at = 0;
	f->length = f->operation == I82077_FORMAT ? ID_BYTES : SECTOR_BYTES;
	if (!d)
		return fdc_fail(f, ST1_MISSING_MARK, 0);
	if (writes && d->disk->read_only)
		return fdc_fail(f, ST1_NOT_WRITABLE, 0);
	if (f->operation == I82077_FORMAT)
		return true;
	if (!fdc_find_sector(f, d))
		return false;
	if (!writes && !disk_read(d->disk, fdc_sector(f, d), 1, f->buffer))
		return fdc_fail(f, ST1_DATA_ERROR, ST2_DATA_ERROR);
	return true;
}

/* The ID of the next sector, in the order of table 6-5; true: the end was passed. */
static bool fdc_next_sector(struct i82077 *f)
{
	bool both = f->command[0] & COMMAND_MT;

	if (f->r != f->end) {
		f->r++;
		return false;
	}
	f->r = 1;
	if (both && f->head == 0) {
		f->head = 1;
		f->h ^= 1;
		return false;
	}
	f->c++;
	if (both)
		f->h ^= 1;
	return true;
}

/* FORMAT TRACK was told a sector's ID. */
static bool fdc_format_sector(struct i82077 *f, const struct floppy_drive *d)
{
	f->c = f->buffer[0];
	f->h = f->buffer[1];
	f->r = f->buffer[2];
	f->n = f->buffer[3];
	if (!fdc_find_sector(f, d)) {
		LOG(LOG_UNIMPLEMENTED, "i82077: a format other than the image's");
		return false;
	}
	memset(f->buffer, f->command[5], SECTOR_BYTES);
	if (!disk_write(d->disk, fdc_sector(f, d), 1, f->buffer))
		return fdc_fail(f, ST1_DATA_ERROR, 0);
	return true;
}

static bool fdc_end_format(struct i82077 *f, const struct floppy_drive *d, bool terminal_count)
{
	if (!fdc_format_sector(f, d))
		return false;
	f->end--;
	if (f->end && !terminal_count)
		return true;
	fdc_finish(f, 0);
	return false;
}

/* A unit was moved; true: another follows. */
static bool fdc_end_unit(struct i82077 *f, bool terminal_count)
{
	const struct floppy_drive *d = fdc_readable(f);
	bool over;

	if (!d)
		return fdc_fail(f, ST1_MISSING_MARK, 0);
	if (f->operation == I82077_FORMAT)
		return fdc_end_format(f, d, terminal_count);
	if (f->operation == I82077_WRITE && !disk_write(d->disk, fdc_sector(f, d), 1, f->buffer))
		return fdc_fail(f, ST1_DATA_ERROR, 0);
	over = fdc_next_sector(f);
	if (f->st2 & ST2_CONTROL_MARK) {
		fdc_finish(f, 0);
	} else if (terminal_count ||
		   (over && (f->operation == I82077_VERIFY || fdc_code_is(f, CODE_READ_TRACK)))) {
		fdc_finish(f, 0);
	} else if (over) {
		fdc_fail(f, ST1_END, 0);
	} else {
		return true;
	}
	return false;
}

/* By DMA: all of it at once.  A channel that isn't ready loses data. */
static void fdc_move_dma(struct i82077 *f)
{
	bool to_memory = f->operation == I82077_READ, terminal_count;
	unsigned moved;

	do {
		terminal_count = false;
		moved = 0;
		if (!fdc_begin_unit(f))
			return;
		if (f->operation != I82077_READ)
			memset(f->buffer, 0, f->length);
		if (f->dma.transfer && (f->dor & DOR_GATE))
			moved = f->dma.transfer(f->dma.sink, f->dma.channel, f->buffer, f->length,
						to_memory, &terminal_count);
		if (moved < f->length && !terminal_count) {
			fdc_fail(f, ST1_OVERRUN, 0);
			return;
		}
	} while (fdc_end_unit(f, terminal_count));
}

static void fdc_move_nothing(struct i82077 *f)
{
	bool counted = f->command[1] & VERIFY_COUNT;
	unsigned left = f->command[8];

	while (fdc_begin_unit(f))
		if (!fdc_end_unit(f, counted && --left == 0))
			return;
}

/* By PIO: the host is asked for a unit. */
static void fdc_move_pio(struct i82077 *f)
{
	if (!fdc_begin_unit(f))
		return;
	f->phase = I82077_EXECUTION;
	f->command_at = 0;
	i82077_interrupt(f, true);
}

void i82077_unit_done(struct i82077 *f)
{
	if (fdc_end_unit(f, false))
		fdc_move_pio(f);
}

/* Deleted data are looked for, and there are none: SK skips all sectors up to the end,
 * otherwise one is read. */
static bool fdc_skips(struct i82077 *f)
{
	if (!fdc_code_is(f, CODE_READ_DELETED))
		return false;
	f->st2 |= ST2_CONTROL_MARK;
	return f->command[0] & COMMAND_SK;
}

static void fdc_take_parameters(struct i82077 *f)
{
	f->unit = f->command[1] & 3;
	f->head = f->command[1] >> 2 & 1;
	f->st1 = f->st2 = 0;
	if (f->operation == I82077_FORMAT) {
		f->n = f->command[2];
		f->end = f->command[3];
		return;
	}
	f->c = f->command[2];
	f->h = f->command[3];
	f->r = fdc_code_is(f, CODE_READ_TRACK) ? 1 : f->command[4];
	f->n = f->command[5];
	f->end = f->command[6];
	if (!(f->config & CONFIG_SEEK))
		return;
	i82077_step(f, f->unit, f->c - f->cylinder[f->unit]);
	f->cylinder[f->unit] = f->c;
}

void i82077_transfer(struct i82077 *f, enum i82077_operation operation)
{
	f->operation = (uint8_t)operation;
	fdc_take_parameters(f);
	if (operation == I82077_FORMAT && !f->end)
		fdc_finish(f, 0);
	else if (fdc_skips(f))
		fdc_fail(f, fdc_readable(f) ? ST1_NO_DATA | ST1_END : ST1_MISSING_MARK, 0);
	else if (operation == I82077_VERIFY)
		fdc_move_nothing(f);
	else if (f->specify[1] & SPECIFY_NON_DMA)
		fdc_move_pio(f);
	else
		fdc_move_dma(f);
}

/* Whatever sector comes along. */
void i82077_read_id(struct i82077 *f)
{
	const struct floppy_drive *d;

	f->operation = I82077_READ;
	f->unit = f->command[1] & 3;
	f->head = f->command[1] >> 2 & 1;
	f->st1 = f->st2 = 0;
	d = fdc_readable(f);
	if (!d) {
		fdc_fail(f, ST1_MISSING_MARK, 0);
		return;
	}
	f->id_at = (uint8_t)(f->id_at % d->format->per_track + 1);
	f->c = d->position;
	f->h = f->head;
	f->r = f->id_at;
	f->n = SIZE_512;
	fdc_results(f, 0);
}
