/* SPDX-License-Identifier: BSD-2-Clause
 *
 * 82077AA: commands (data sheet 290166, chapter 6); those with sectors are in
 * i82077_transfer.c.  Not modelled: SCAN EQUAL and its kin, which are invalid here.
 */
#include <emu/log.h>

#include "dev/block/i82077_core.h"

#define VERSION_ENHANCED 0x90
#define RECALIBRATE_STEPS 80

#define PERPENDICULAR_OVERWRITE 0x80
#define PERPENDICULAR_DRIVES 0x3C
#define PERPENDICULAR_MODE 0x03

#define ST3_PROTECTED 0x40
#define ST3_READY 0x20
#define ST3_TRACK_0 0x10
#define ST3_TWO_SIDES 0x08

#define SEEK_INWARDS 0x40

typedef void i82077_fn(struct i82077 *f);

static void fdc_invalid(struct i82077 *f)
{
	LOG(LOG_UNIMPLEMENTED, "i82077: command %#x", f->command[0]);
	f->result[0] = ST0_INVALID;
	i82077_answer(f, 1);
}

static void fdc_specify(struct i82077 *f)
{
	f->specify[0] = f->command[1];
	f->specify[1] = f->command[2];
	i82077_idle(f);
}

static void fdc_sense_drive(struct i82077 *f)
{
	const struct floppy_drive *d = i82077_drive(f, f->command[1] & 3);
	unsigned st3 = ST3_READY | ST3_TWO_SIDES | (f->command[1] & 7);

	if (d && d->position == 0)
		st3 |= ST3_TRACK_0;
	if (d && d->disk && d->disk->read_only)
		st3 |= ST3_PROTECTED;
	f->result[0] = (uint8_t)st3;
	i82077_answer(f, 1);
}

/* The end of a seek: an interrupt, and what SENSE INTERRUPT STATUS will say. */
static void fdc_seek_done(struct i82077 *f, unsigned n, uint8_t st0)
{
	i82077_idle(f);
	f->sense |= (uint8_t)(1u << n);
	f->sense_st0[n] = st0;
	i82077_interrupt(f, true);
}

static void fdc_recalibrate(struct i82077 *f)
{
	unsigned n = f->command[1] & 3;
	const struct floppy_drive *d = i82077_drive(f, n);
	uint8_t st0 = (uint8_t)(ST0_SEEK_END | n);

	i82077_step(f, n, -RECALIBRATE_STEPS);
	f->cylinder[n] = 0;
	if (!d || d->position)
		st0 |= ST0_ABNORMAL | ST0_EQUIPMENT;
	fdc_seek_done(f, n, st0);
}

static void fdc_seek(struct i82077 *f)
{
	unsigned n = f->command[1] & 3;

	i82077_step(f, n, f->command[2] - f->cylinder[n]);
	f->cylinder[n] = f->command[2];
	fdc_seek_done(f, n, (uint8_t)(ST0_SEEK_END | (f->command[1] & 7)));
}

static void fdc_relative_seek(struct i82077 *f)
{
	unsigned n = f->command[1] & 3;
	int steps = f->command[0] & SEEK_INWARDS ? f->command[2] : -f->command[2];

	i82077_step(f, n, steps);
	f->cylinder[n] = (uint8_t)(f->cylinder[n] + steps);
	fdc_seek_done(f, n, (uint8_t)(ST0_SEEK_END | (f->command[1] & 7)));
}

/* One drive's news at a time; if another seek is over, that interrupts anew when the
 * result has been read. */
static void fdc_sense_interrupt(struct i82077 *f)
{
	unsigned n = 0;

	i82077_interrupt(f, false);
	if (!f->sense) {
		f->result[0] = ST0_INVALID;
		i82077_answer(f, 1);
		return;
	}
	while (!(f->sense & 1u << n))
		n++;
	f->sense &= (uint8_t) ~(1u << n);
	f->result[0] = f->sense_st0[n];
	f->result[1] = f->cylinder[n];
	i82077_answer(f, 2);
}

static void fdc_configure(struct i82077 *f)
{
	f->config = f->command[2] & 0x7F;
	f->precompensation = f->command[3];
	i82077_idle(f);
}

static void fdc_perpendicular(struct i82077 *f)
{
	uint8_t value = f->command[1];

	if (value & PERPENDICULAR_OVERWRITE)
		f->perpendicular = value & (PERPENDICULAR_DRIVES | PERPENDICULAR_MODE);
	else
		f->perpendicular = (uint8_t)((f->perpendicular & PERPENDICULAR_DRIVES) |
					     (value & PERPENDICULAR_MODE));
	i82077_idle(f);
}

static void fdc_lock(struct i82077 *f)
{
	f->lock = f->command[0] & 0x80;
	f->result[0] = f->lock ? 0x10 : 0;
	i82077_answer(f, 1);
}

static void fdc_dump(struct i82077 *f)
{
	for (unsigned i = 0; i < 4; i++)
		f->result[i] = f->cylinder[i];
	f->result[4] = f->specify[0];
	f->result[5] = f->specify[1];
	f->result[6] = f->end;
	f->result[7] = (uint8_t)((f->lock ? 0x80 : 0) | f->perpendicular);
	f->result[8] = f->config;
	f->result[9] = f->precompensation;
	i82077_answer(f, 10);
}

static void fdc_version(struct i82077 *f)
{
	f->result[0] = VERSION_ENHANCED;
	i82077_answer(f, 1);
}

static void fdc_read(struct i82077 *f)
{
	i82077_transfer(f, I82077_READ);
}

static void fdc_write(struct i82077 *f)
{
	i82077_transfer(f, I82077_WRITE);
}

static void fdc_verify(struct i82077 *f)
{
	i82077_transfer(f, I82077_VERIFY);
}

static void fdc_format(struct i82077 *f)
{
	i82077_transfer(f, I82077_FORMAT);
}

/* Commands by their first byte without the bits that are parameters. */
static const struct fdc_entry {
	uint8_t mask, code, bytes;
	i82077_fn *execute;
} fdc_commands[] = {
	{ 0x1F, 0x06, 9, fdc_read },
	{ 0x1F, 0x0C, 9, fdc_read }, /* DELETED */
	{ 0x9F, 0x02, 9, fdc_read }, /* TRACK */
	{ 0x3F, 0x05, 9, fdc_write },
	{ 0x3F, 0x09, 9, fdc_write }, /* DELETED */
	{ 0x1F, 0x16, 9, fdc_verify },
	{ 0xBF, 0x0D, 6, fdc_format },
	{ 0xBF, 0x0A, 2, i82077_read_id },
	{ 0xFF, 0x07, 2, fdc_recalibrate },
	{ 0xFF, 0x08, 1, fdc_sense_interrupt },
	{ 0xFF, 0x03, 3, fdc_specify },
	{ 0xFF, 0x04, 2, fdc_sense_drive },
	{ 0xFF, 0x0F, 3, fdc_seek },
	{ 0xBF, 0x8F, 3, fdc_relative_seek },
	{ 0xFF, 0x13, 4, fdc_configure },
	{ 0xFF, 0x12, 2, fdc_perpendicular },
	{ 0x7F, 0x14, 1, fdc_lock },
	{ 0xFF, 0x0E, 1, fdc_dump },
	{ 0xFF, 0x10, 1, fdc_version },
};

static const struct fdc_entry *fdc_find(uint8_t first)
{
	for (unsigned i = 0; i < COUNT_OF(fdc_commands); i++)
		if ((first & fdc_commands[i].mask) == fdc_commands[i].code)
			return &fdc_commands[i];
	return NULL;
}

unsigned i82077_command_bytes(uint8_t first)
{
	const struct fdc_entry *e = fdc_find(first);

	return e ? e->bytes : 1;
}

void i82077_execute(struct i82077 *f)
{
	const struct fdc_entry *e = fdc_find(f->command[0]);

	if (e)
		e->execute(f);
	else
		fdc_invalid(f);
}
