/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The block server without L4: images against a model, clients' requests, and both ends
 * of the channel together, where waiting for the server means to let it run.
 */
#include "tap.h"

#include "servers/block/client.h"
#include "servers/block/memory_image.h"

#include <proto/client.h>
#include <stdlib.h>

#define SECTORS 64u
#define BYTES (SECTORS * BLOCK_SECTOR_BYTES)
#define FAR_SIGNAL 9

static unsigned signals;
static uint64_t put_back;
static struct client *server; /* that task_wait lets run; NULL: it is gone */
static bool other_signals;

void task_signal(unsigned channel)
{
	(void)channel;
	signals++;
}

void task_signals_put_back(uint64_t news)
{
	put_back |= news;
}

uint64_t task_wait(struct l4_time timeout, uint64_t *interrupts)
{
	(void)timeout;
	(void)interrupts;
	if (other_signals) {
		other_signals = false;
		return 1u << FAR_SIGNAL;
	}
	if (!server)
		return 0;
	client_turn(server);
	return 1u << 3;
}

/* Memory that ends where the pool does, so that the sanitizer sees what lies beyond. */
static struct pool new_pool(unsigned chunks)
{
	struct pool pool;

	pool_init(&pool, calloc(chunks, POOL_CHUNK), (uint64_t)chunks * POOL_CHUNK);
	return pool;
}

static uint8_t *new_bytes(size_t size)
{
	uint8_t *bytes = malloc(size);

	for (size_t i = 0; i < size; i++)
		bytes[i] = (uint8_t)rand();
	return bytes;
}

static enum block_status test_read(struct memory_image *m, uint64_t sector, uint32_t n, void *to)
{
	return m->image.operations->read(&m->image, sector, n, to);
}

static enum block_status test_write(struct memory_image *m, uint64_t sector, uint32_t n,
				    const void *from)
{
	return m->image.operations->write(&m->image, sector, n, from);
}

static void test_pool(void)
{
	struct pool pool = new_pool(3);
	uint32_t a = pool_get(&pool), b = pool_get(&pool), c;

	memset(pool_at(&pool, a), 0xff, POOL_CHUNK);
	pool_put(&pool, a);
	c = pool_get(&pool);
	is(c, a, "a chunk given back is used again");
	ok(pool_at(&pool, c)[0] == 0 && pool_at(&pool, c)[POOL_CHUNK - 1] == 0, "zeroed");
	ok(b && pool_get(&pool), "the last one");
	is(pool_get(&pool), 0, "no more");
	ok(!pool_reserve(&pool, 1), "nor in one piece");
	free(pool.memory);
}

static void test_copy_on_write(void)
{
	struct pool pool = new_pool(16);
	uint8_t *base = new_bytes(BYTES), *buffer = new_bytes(BYTES), *before = malloc(BYTES);
	struct memory_image a, b;

	memcpy(before, base, BYTES);
	ok(memory_image_init(&a, &pool, "a", base, BYTES, SECTORS), "an image");
	ok(memory_image_init(&b, &pool, "b", base, BYTES, SECTORS), "another one above the base");
	is(test_write(&a, 7, 3, buffer), BLOCK_OK, "a write across two chunks");
	is(test_read(&b, 0, SECTORS, buffer), BLOCK_OK, "the other one");
	ok(memcmp(buffer, before, BYTES) == 0, "has not changed");
	ok(memcmp(base, before, BYTES) == 0, "nor has the base");
	is(pool.used, 2 + 1 + 2, "two tops, a leaf, two chunks are in use");
	free(base);
	free(buffer);
	free(before);
	free(pool.memory);
}

static void test_full(void)
{
	struct pool pool = new_pool(4); /* top, leaf, two chunks */
	uint8_t *buffer = new_bytes(BYTES), *got = malloc(BYTES);
	static const uint8_t zero[BYTES];
	struct memory_image m;

	memory_image_init(&m, &pool, "m", NULL, 0, SECTORS);
	is(test_write(&m, 0, 24, buffer), BLOCK_FULL, "three chunks are too much");
	test_read(&m, 0, 24, got);
	ok(memcmp(got, zero, 24 * 512) == 0, "and none was written");
	is(test_write(&m, 4, 8, buffer), BLOCK_OK, "parts of two fit");
	is(test_write(&m, 16, 1, buffer), BLOCK_FULL, "then it is full");
	is(test_write(&m, 16, 40, zero), BLOCK_OK, "but for zeros");
	is(test_write(&m, 4, 8, buffer + 512), BLOCK_OK, "and for what is there");
	is(test_write(&m, 0, 8, zero), BLOCK_OK, "zeros over a chunk");
	is(pool_left(&pool), 1, "free it");
	is(test_write(&m, 16, 1, buffer), BLOCK_OK, "for others");
	free(buffer);
	free(got);
	free(pool.memory);
	pool = new_pool(1);
	ok(!memory_image_init(&m, &pool, "m", NULL, 0, 1ull << 50), "an image without end");
	ok(!memory_image_init(&m, &pool, "m", NULL, 0, UINT64_MAX), "or larger");
	free(pool.memory);
}

/* Random reads and writes of three images, one of them above a base that is shorter than
 * it, against plain memory. */
static void test_model(void)
{
	enum { COUNT = 3 };
	struct pool pool = new_pool(20);
	uint8_t *base = new_bytes(BYTES), *model[COUNT], *buffer = malloc(BYTES);
	struct memory_image image[COUNT];
	unsigned wrong = 0, full = 0;

	for (unsigned i = 0; i < COUNT; i++) {
		size_t has = i == 0 ? BYTES : i == 1 ? 13 * 512 : 0;

		memory_image_init(&image[i], &pool, "x", base, has, SECTORS);
		model[i] = calloc(1, BYTES);
		memcpy(model[i], base, has);
	}
	for (unsigned n = 0; n < 300000; n++) {
		unsigned i = (unsigned)rand() % COUNT, from = (unsigned)rand() % SECTORS;
		unsigned count = (unsigned)rand() % (SECTORS - from) % 20;
		uint8_t *part = model[i] + from * 512;

		if (rand() % 2) {
			test_read(&image[i], from, count, buffer);
			wrong += memcmp(buffer, part, count * 512) != 0;
			continue;
		}
		memset(buffer, rand() % 3 ? rand() : 0, count * 512);
		if (test_write(&image[i], from, count, buffer) == BLOCK_OK)
			memcpy(part, buffer, count * 512);
		else
			full++;
	}
	is(wrong, 0, "300000 operations read what was written");
	ok(full > 1000 && full < 100000, "and met the end of memory (%u times)", full);
	ok(pool.used <= pool.chunks, "which was kept");
	for (unsigned i = 0; i < COUNT; i++)
		free(model[i]);
	free(base);
	free(buffer);
	free(pool.memory);
}

/* ---- clients --------------------------------------------------------------------- */

struct bench {
	struct pool pool;
	uint8_t *base;
	struct memory_image disk, state;
	struct block_channel *channel;
	struct client client;
};

/* Unit 0 copy-on-write, 1 the same read-only, 7 empty. */
static void bench_start(struct bench *b)
{
	memset(b, 0, sizeof(*b));
	b->pool = new_pool(200);
	b->base = new_bytes(BYTES);
	b->channel = calloc(1, BLOCK_CHANNEL_BYTES);
	memory_image_init(&b->disk, &b->pool, "disk", b->base, BYTES, SECTORS);
	memory_image_init(&b->state, &b->pool, "state", NULL, 0, 2048);
	b->client.unit[0] = (struct unit){ &b->disk.image, false };
	b->client.unit[1] = (struct unit){ &b->disk.image, true };
	b->client.unit[BLOCK_STATE_UNIT] = (struct unit){ &b->state.image, false };
	client_start(&b->client, "client", 4, b->channel);
	server = &b->client;
}

static void bench_end(struct bench *b)
{
	free(b->pool.memory);
	free(b->base);
	free(b->channel);
	server = NULL;
}

static void test_transfer(void)
{
	struct bench b;
	struct block_client c;
	uint8_t *buffer = new_bytes(2048 * 512), *got = malloc(2048 * 512);

	bench_start(&b);
	block_open(&c, 3, b.channel);
	ok(!block_is_open(&c), "not open before the server has seen it");
	other_signals = true;
	ok(block_wait_open(&c), "then it is");
	is(put_back, 1u << FAR_SIGNAL, "signals of others stay pending");
	is(block_unit_get(&c, 0).sectors, SECTORS, "the disk's size");
	ok(strcmp(block_unit_get(&c, 0).name, "disk") == 0, "and name");
	is(block_unit_get(&c, 1).flags, BLOCK_UNIT_READ_ONLY, "a unit that is read-only");
	is(block_unit_get(&c, 2).sectors, 0, "one that isn't there");
	is(block_unit_get(&c, 99).sectors, 0, "or can't be");
	is(block_transfer(&c, BLOCK_READ, 0, 0, SECTORS, got), BLOCK_OK, "a read");
	ok(memcmp(got, b.base, BYTES) == 0, "of the image");
	is(block_transfer(&c, BLOCK_READ, 0, 1, SECTORS, got), BLOCK_BAD_REQUEST, "beyond the end");
	is(block_transfer(&c, BLOCK_READ, 0, UINT64_MAX, 2, got), BLOCK_BAD_REQUEST, "far beyond");
	is(block_transfer(&c, BLOCK_WRITE, 1, 0, 1, buffer), BLOCK_READ_ONLY, "a refused write");
	put_back = 0;
	other_signals = true;
	is(block_transfer(&c, BLOCK_WRITE, 7, 100, 1900, buffer), BLOCK_FULL,
	   "more than there is memory for");
	is(put_back, 1u << FAR_SIGNAL, "signals of others stay pending here, too");
	is(block_transfer(&c, BLOCK_WRITE, 7, 100, 1000, buffer), BLOCK_OK, "several parts");
	is(block_transfer(&c, BLOCK_READ, 7, 100, 1000, got), BLOCK_OK, "and back");
	ok(memcmp(got, buffer, 1000 * 512) == 0, "are the same");
	is(block_transfer(&c, BLOCK_FLUSH, 7, 0, 0, NULL), BLOCK_OK, "a flush");
	is(block_transfer(&c, (enum block_op)9, 7, 0, 0, NULL), BLOCK_BAD_REQUEST, "what isn't");
	is(client_report(&b.client), BLOCK_BAD_REQUEST, "errors are to be reported");
	is(client_report(&b.client), BLOCK_READ_ONLY, "each kind");
	is(client_report(&b.client), BLOCK_FULL, "of them");
	is(client_report(&b.client), BLOCK_OK, "once");
	block_transfer(&c, BLOCK_READ, 5, 0, 1, got);
	is(client_report(&b.client), BLOCK_OK, "and never again");
	server = NULL;
	is(block_transfer(&c, BLOCK_READ, 0, 0, 1, got), BLOCK_NO_ANSWER, "a server that is gone");
	server = &b.client;
	client_start(&b.client, "client", 4, b.channel);
	is(block_transfer(&c, BLOCK_READ, 0, 0, 1, got), BLOCK_OK, "and comes back");
	client_start(&b.client, "client", 4, b.channel);
	is(block_transfer(&c, BLOCK_READ, 0, 0, 1, got), BLOCK_OK, "was restarted while idle");
	bench_end(&b);
	free(buffer);
	free(got);
}

/* Several at once, more than the rings hold. */
static void test_queue(void)
{
	struct bench b;
	struct block_client c;
	struct block_request request = { .op = BLOCK_READ, .sectors = 1 };
	struct block_answer answer;
	unsigned taken = 0, answered = 0;

	bench_start(&b);
	block_open(&c, 3, b.channel);
	block_wait_open(&c);
	for (; block_submit(&c, &request); taken++)
		request.tag++;
	is(taken, BLOCK_RING, "as many requests as the ring has entries");
	client_turn(&b.client);
	is(b.client.statistics.requests, CLIENT_TURN_REQUESTS, "a turn serves a few");
	for (; block_submit(&c, &request); taken++)
		request.tag++;
	while (client_turn(&b.client))
		;
	is(b.client.statistics.requests, BLOCK_RING, "no more than there is room for answers");
	signals = 0;
	ok(block_collect(&c, &answer) && answer.tag == 0, "the first answer");
	is(signals, 1, "the server is told that there is room");
	for (answered = 1; client_turn(&b.client) || answered < taken; answered++)
		if (!block_collect(&c, &answer) || answer.tag != answered)
			break;
	is(answered, taken, "all are answered in order");
	bench_end(&b);
}

/* A client that writes anything anywhere. */
static void test_hostile(void)
{
	struct bench b;
	uint8_t *before;
	unsigned turns = 0;

	bench_start(&b);
	before = malloc(BYTES);
	memcpy(before, b.base, BYTES);
	channel_open(&b.channel->head, 1);
	for (unsigned n = 0; n < 1000000; n++) {
		struct block_request *r = &b.channel->request[n % BLOCK_RING];

		*r = (struct block_request){ .tag = n,
					     .op = (uint16_t)(rand() % 5),
					     .unit = (uint16_t)(rand() % 10),
					     .sector = (uint64_t)rand() % 70,
					     .sectors = (uint32_t)rand() % 40,
					     .data = (uint32_t)rand() % BLOCK_DATA_BYTES & -8u };
		if (rand() % 8 == 0)
			r->sector = rand() % 2 ? UINT64_MAX - (unsigned)rand() % 600 :
						 2048 - (unsigned)rand() % 100;
		if (rand() % 8 == 0)
			r->sectors = rand() % 2 ? (uint32_t)rand() * 2 : (uint32_t)rand() % 600;
		if (rand() % 8 == 0)
			r->data = (uint32_t)rand() * 2;
		b.channel->requests_written.value =
			rand() % 16 ? b.client.requests_read + 1 : (uint32_t)rand() * 2;
		b.channel->answers_read.value =
			rand() % 16 ? b.client.answers_written : (uint32_t)rand() * 2;
		if (rand() % 1000 == 0)
			b.channel->head.client_epoch = (uint32_t)rand();
		turns += client_turn(&b.client);
	}
	ok(turns > 800000, "%u turns, %llu requests", turns,
	   (unsigned long long)b.client.statistics.requests);
	ok(b.client.statistics.errors > 100000 &&
		   b.client.statistics.errors < b.client.statistics.requests - 100000,
	   "%llu errors", (unsigned long long)b.client.statistics.errors);
	ok(memcmp(before, b.base, BYTES) == 0, "the base is as it was");
	free(before);
	bench_end(&b);
}

/* A server that answers anything doesn't get its client out of step. */
static void test_hostile_server(void)
{
	struct block_channel *channel = calloc(1, BLOCK_CHANNEL_BYTES);
	struct block_client c;
	struct block_request request = { .op = BLOCK_READ };
	struct block_answer answer;
	unsigned taken = 0;

	block_open(&c, 3, channel);
	channel->head.server_epoch = channel->head.client_epoch;
	for (unsigned n = 0; n < 100000; n++) {
		channel->answers_written.value = (uint32_t)rand() * 2;
		channel->requests_read.value = (uint32_t)rand() * 2;
		channel->head.client_epoch = (uint32_t)rand();
		block_submit(&c, &request);
		taken += block_collect(&c, &answer);
	}
	ok(taken < 100, "counters that make no sense are an empty ring");
	free(channel);
}

int main(void)
{
	srand(1);
	test_pool();
	test_copy_on_write();
	test_full();
	test_model();
	test_transfer();
	test_queue();
	test_hostile();
	test_hostile_server();
	return done();
}
