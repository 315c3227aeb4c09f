/* SPDX-License-Identifier: BSD-2-Clause
 *
 * The search in the pattern tables.
 *
 * At the first use each table's patterns are compiled to mask, value and a list of bit
 * fields, and every *bucket* -- some bits of the instruction that tell most of them
 * apart -- gets the list of rows that can match in it, in the table's order.  Decoding
 * then compares one to three rows.
 *
 * Two threads may get here first at the same time: both write the same values in the
 * same order, and only a finished table is announced.
 */
#include "guest/arm/decode.h"

#include <assert.h>
#include <string.h>

#define ROWS 320  /* of a table, at most */
#define FIELDS 12 /* of a row */
#define BUCKETS 8192
#define ENTRIES (5 * BUCKETS / 2)

struct decode_field {
	uint8_t letter, shift, width;
};

struct decode_row {
	uint32_t mask, value;
	uint8_t fields;
	struct decode_field field[FIELDS];
};

/* Bits that select a bucket: `low` bits from low_shift, then others from high_shift. */
struct decode_key {
	uint8_t low_shift, low_bits, high_shift, high_bits;
};

struct decode_index {
	struct decode_row row[ROWS];
	uint16_t first[BUCKETS + 1]; /* in list */
	uint16_t list[ENTRIES];      /* row numbers */
};

static const struct arm_table *const decode_tables[ARM_SETS] = {
	[ARM_SET_A32] = &arm_table_a32,
	[ARM_SET_A32_ALWAYS] = &arm_table_a32_always,
	[ARM_SET_T32] = &arm_table_t32,
	[ARM_SET_T16] = &arm_table_t16,
};

static const struct decode_key decode_keys[ARM_SETS] = {
	[ARM_SET_A32] = { 4, 4, 20, 8 },
	[ARM_SET_A32_ALWAYS] = { 4, 4, 20, 8 },
	[ARM_SET_T32] = { 4, 4, 20, 9 },
	[ARM_SET_T16] = { 6, 10, 16, 0 },
};

static struct decode_index decode_indices[ARM_SETS];
static bool decode_ready; /* atomic */

/* Appends a bit, which comes right of all before, to the row's fields. */
static void decode_add_bit(struct decode_row *r, uint8_t letter, uint8_t at)
{
	struct decode_field *last = r->fields > 0 ? &r->field[r->fields - 1] : NULL;

	if (last && last->letter == letter && last->shift == at + 1) {
		last->shift = at;
		last->width++;
		return;
	}
	assert(r->fields < FIELDS);
	r->field[r->fields++] = (struct decode_field){ letter, at, 1 };
}

static struct decode_row decode_compile(const char *pattern, unsigned bits)
{
	struct decode_row r = { 0 };
	unsigned at = bits;

	for (const char *p = pattern; *p; p++) {
		if (*p == ' ')
			continue;
		at--;
		if (*p >= 'a')
			decode_add_bit(&r, (uint8_t)(*p - 'a'), (uint8_t)at);
		else if (*p != '-') {
			r.mask |= 1u << at;
			r.value |= (uint32_t)(*p - '0') << at;
		}
	}
	assert(at == 0);
	return r;
}

static unsigned decode_bucket(const struct decode_key *k, uint32_t raw)
{
	return (raw >> k->low_shift & ((1u << k->low_bits) - 1)) |
	       (raw >> k->high_shift & ((1u << k->high_bits) - 1)) << k->low_bits;
}

/* The instruction bits that a bucket number stands for: the inverse of decode_bucket. */
static uint32_t decode_bucket_bits(const struct decode_key *k, uint32_t bucket)
{
	return (bucket & ((1u << k->low_bits) - 1)) << k->low_shift |
	       bucket >> k->low_bits << k->high_shift;
}

static void decode_build(enum arm_set set)
{
	const struct arm_table *table = decode_tables[set];
	const struct decode_key *k = &decode_keys[set];
	struct decode_index *x = &decode_indices[set];
	uint32_t buckets = 1u << (k->low_bits + k->high_bits);
	uint32_t key = decode_bucket_bits(k, buckets - 1);
	unsigned used = 0;

	assert(table->count <= ROWS && buckets <= BUCKETS);
	for (unsigned i = 0; i < table->count; i++)
		x->row[i] = decode_compile(table->rows[i].pattern, set == ARM_SET_T16 ? 16 : 32);
	for (uint32_t b = 0; b < buckets; b++) {
		uint32_t bits = decode_bucket_bits(k, b);

		x->first[b] = (uint16_t)used;
		for (unsigned i = 0; i < table->count; i++) {
			if ((bits ^ x->row[i].value) & x->row[i].mask & key)
				continue;
			assert(used < ENTRIES);
			x->list[used++] = (uint16_t)i;
		}
	}
	x->first[buckets] = (uint16_t)used;
}

static uint32_t decode_rotate(uint32_t value, unsigned count)
{
	return count == 0 ? value : value >> count | value << (32 - count);
}

static uint32_t decode_sign(uint32_t value, unsigned bits)
{
	return (uint32_t)((int32_t)(value << (32 - bits)) >> (32 - bits));
}

static void decode_expand_a32(struct arm_operands *o)
{
	unsigned rotation = o->i >> 8 << 1;

	o->i = decode_rotate(o->i & 0xff, rotation);
	if (rotation)
		o->carry = (int)(o->i >> 31);
}

static void decode_expand_t32(struct arm_operands *o)
{
	uint32_t byte = o->i & 0xff;

	switch (o->i >> 8) {
	case 0:
		o->i = byte;
		return;
	case 1:
		o->i = byte << 16 | byte;
		return;
	case 2:
		o->i = byte << 24 | byte << 8;
		return;
	case 3:
		o->i = byte * 0x01010101u;
		return;
	}
	o->i = decode_rotate(0x80 | (byte & 0x7f), o->i >> 7);
	o->carry = (int)(o->i >> 31);
}

static void decode_immediate(struct arm_operands *o, enum arm_immediate kind)
{
	switch (kind) {
	case IMM_PLAIN:
	case IMM_X2:
	case IMM_X4:
	case IMM_X8:
		o->i <<= kind;
		break;
	case IMM_A32:
		decode_expand_a32(o);
		break;
	case IMM_T32:
		decode_expand_t32(o);
		break;
	case IMM_BRANCH:
		o->i = decode_sign(o->i, 24) << 2;
		break;
	case IMM_BLX:
		o->i = decode_sign(o->i, 24) << 2 | o->j << 1;
		break;
	case IMM_T32_BCC:
		o->i = decode_sign(o->s << 19 | o->k << 18 | o->j << 17 | o->i, 20) << 1;
		break;
	case IMM_T32_B:
		o->i = decode_sign(o->s << 23 | !(o->j ^ o->s) << 22 | !(o->k ^ o->s) << 21 | o->i,
				   24)
		       << 1;
		break;
	case IMM_T16_BCC:
		o->i = decode_sign(o->i, 8) << 1;
		break;
	case IMM_T16_B:
		o->i = decode_sign(o->i, 11) << 1;
		break;
	}
}

#define LETTER(l) (1u << (l - 'a'))

static void decode_operands(const struct decode_row *r, struct arm_operands *o)
{
	uint32_t seen = 0;

	for (unsigned i = 0; i < r->fields; i++) {
		const struct decode_field *f = &r->field[i];

		o->letter[f->letter] = o->letter[f->letter] << f->width |
				       (o->raw >> f->shift & ((1u << f->width) - 1));
		seen |= 1u << f->letter;
	}
	if (!(seen & LETTER('c')))
		o->c = 14;
	if (seen & LETTER('e'))
		o->d = o->n = o->e;
	if (seen & LETTER('f'))
		o->d = o->m = o->f;
	decode_immediate(o, o->row->immediate);
}

bool arm_decode(bool thumb, uint32_t raw, struct arm_operands *o)
{
	enum arm_set set = thumb           ? raw >> 16 ? ARM_SET_T32 : ARM_SET_T16 :
			   raw >> 28 == 15 ? ARM_SET_A32_ALWAYS :
					     ARM_SET_A32;
	const struct decode_index *x = &decode_indices[set];
	unsigned bucket = decode_bucket(&decode_keys[set], raw);

	if (!__atomic_load_n(&decode_ready, __ATOMIC_ACQUIRE)) {
		for (unsigned i = 0; i < ARM_SETS; i++)
			decode_build(i);
		__atomic_store_n(&decode_ready, true, __ATOMIC_RELEASE);
	}
	memset(o, 0, sizeof(*o));
	o->raw = raw;
	o->carry = -1;
	for (unsigned i = x->first[bucket]; i < x->first[bucket + 1]; i++) {
		const struct decode_row *r = &x->row[x->list[i]];

		if ((raw ^ r->value) & r->mask)
			continue;
		o->row = &decode_tables[set]->rows[x->list[i]];
		o->arg = o->row->arg;
		decode_operands(r, o);
		return o->row->emit != NULL;
	}
	return false;
}
