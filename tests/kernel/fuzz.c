/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A million hostile system calls (hostile.c) and what they must not harm: the
 * kernel, and other threads' memory, registers and IPC.
 *
 * A warden in ktest's space is the hostile threads' pager and exception handler.
 * It starts them again when they fault or get stuck, and now and then makes their
 * space anew: they ruin it, if only by using up its kernel memory.
 */
#include "hostile.h"
#include "ktest.h"
#include "tests.h"

#define HOSTILES 4
#define HOSTILE_CALLS 1000000
#define HOSTILE_PAGE 20 /* in the pool: one each, then the code page */
#define HOSTILE_SECONDS 150
#define WARDEN_PRIORITY 150
#define STUCK_US 800    /* between looks */
#define HALTED_US 15000 /* more than the others' slices */
#define SLICE_US 400
#define MANY_CALLS 100000 /* between looks: more is a lie */
#define PATIENCE 30       /* times stuck before the space is made anew */
#define SEED 0x1234567887654321ull

static struct l4_thread_id innocent_client, innocent_server;
static struct l4_thread_id fuzz_space, fuzz_ids[HOSTILES];
static struct thread *warden;
static volatile bool warden_stop;
static volatile l4_word_t restarts, rebuilds, stuck;
static uint64_t calls_seen[HOSTILES], moved_us[HOSTILES];
static volatile uint64_t calls_total;
static unsigned stuck_here; /* in this space */

static struct hostile *fuzz_state(unsigned i)
{
	return (struct hostile *)(pool + (HOSTILE_PAGE + i) * L4_PAGE_SIZE);
}

static l4_word_t fuzz_va(unsigned i)
{
	return HOSTILE_VA + i * HOSTILE_STRIDE;
}

/* Adds its calls since the last time; it may have overwritten their number. */
static bool fuzz_count_calls(unsigned i)
{
	uint64_t calls = fuzz_state(i)->calls, done = calls - calls_seen[i];

	calls_seen[i] = calls;
	if (done < MANY_CALLS)
		calls_total += done;
	return done != 0;
}

/* Mostly each other: what wakes a third thread costs an emulator a lot. */
static void fuzz_list_ids(l4_word_t *ids)
{
	const l4_word_t special[] = {
		main_id.raw,
		sigma0_id.raw,
		pager_id.raw,
		warden->id.raw,
		innocent_client.raw,
		innocent_server.raw,
		L4_ANYTHREAD.raw,
		L4_ANYLOCALTHREAD.raw,
		0,
		l4_global_id(4, 1).raw,
		l4_global_id(0, 1).raw,
		l4_global_id(l4_thread_no(main_id), 2).raw,
		l4_my_local_id().raw,
		l4_global_id(l4_thread_no(fuzz_ids[0]), l4_version(fuzz_ids[0]) + 1).raw,
		l4_global_id(65535, 1).raw,
		l4_global_id(65536, 1).raw,
	};

	for (unsigned i = 0; i < HOSTILE_IDS; i++) {
		l4_word_t local = (l4_word_t)child_utcb(i % HOSTILES) + L4_UTCB_OFFSET;

		ids[i] = i & HOSTILES ? fuzz_ids[i % HOSTILES].raw : local;
	}
	for (unsigned i = 0; i < COUNT(special); i++)
		ids[i] = special[i];
}

/* Its state as it is at the beginning, but for the random number. */
static void fuzz_prepare(unsigned i, uint64_t seed)
{
	struct hostile *h = fuzz_state(i);
	const l4_word_t *entries = &l4_kip()->space_control;

	h->random = seed;
	h->utcb = (l4_word_t *)((l4_word_t)child_utcb(i) + L4_UTCB_OFFSET);
	h->handler = warden->id;
	for (unsigned k = 0; k < 11; k++)
		h->entries[k] = entries[k];
	fuzz_list_ids(h->ids);
}

static bool fuzz_delete(struct l4_thread_id id)
{
	return l4_thread_control(id, L4_NILTHREAD, L4_NILTHREAD, L4_NILTHREAD, L4_UTCB_UNCHANGED);
}

/* Two processors make every race there is; more only make an emulator slow. */
static unsigned fuzz_cpus(void)
{
	return cpu_count > 1 ? 2 : 1;
}

/* Creates the thread; the warden, who calls this, is its pager and starts it. */
static void fuzz_start(unsigned i)
{
	uint64_t seed = fuzz_state(i)->random ? fuzz_state(i)->random : SEED + i;
	l4_word_t *top = (l4_word_t *)(pool + (HOSTILE_PAGE + i + 1) * L4_PAGE_SIZE);

	fuzz_prepare(i, seed * 6364136223846793005ull + 1);
	*--top = fuzz_va(i);
	l4_thread_control(fuzz_ids[i], fuzz_space, warden->id, warden->id, child_utcb(i));
	l4_set_mr(1, (l4_word_t)asm_hostile_entry);
	l4_set_mr(2, fuzz_va(i) + L4_PAGE_SIZE - sizeof(l4_word_t));
	l4_set_tag(l4_tag(0, 2, 0));
	l4_reply(fuzz_ids[i]);
	l4_schedule(fuzz_ids[i], l4_time_control(l4_period_us(SLICE_US), L4_NEVER), i % fuzz_cpus(),
		    L4_SCHEDULE_UNCHANGED, L4_SCHEDULE_UNCHANGED, NULL);
	fuzz_count_calls(i);
	moved_us[i] = l4_system_clock();
	restarts++;
}

static void fuzz_build_space(void)
{
	l4_thread_control(fuzz_space, fuzz_space, warden->id, L4_NILTHREAD, L4_UTCB_UNCHANGED);
	l4_space_control(fuzz_space, 0, l4_fpage((l4_word_t)l4_kip(), 12, 0),
			 l4_fpage(CHILD_UTCBS, CHILD_UTCBS_LOG2, 0), L4_ANYTHREAD, NULL);
	for (unsigned i = 0; i < HOSTILES; i++)
		fuzz_start(i);
	stuck_here = 0;
	rebuilds++;
}

static void fuzz_destroy_space(void)
{
	for (unsigned i = 0; i < HOSTILES; i++)
		fuzz_delete(fuzz_ids[i]);
	fuzz_delete(fuzz_space);
}

static void fuzz_restart(unsigned i)
{
	if (stuck_here > PATIENCE) {
		fuzz_destroy_space();
		fuzz_build_space();
		return;
	}
	fuzz_delete(fuzz_ids[i]);
	fuzz_start(i);
}

static void fuzz_load_map(unsigned page, l4_word_t base)
{
	struct l4_map_item item =
		l4_map_item(pool_page(HOSTILE_PAGE + page, 12, L4_RIGHTS_ALL), base);

	l4_set_mr(1, item.base);
	l4_set_mr(2, item.fpage.raw);
	l4_set_tag(l4_tag(0, 0, 2));
}

/* Loads the answer to a page fault; false if there is none. */
static bool fuzz_answer_fault(l4_word_t address)
{
	l4_word_t page = address & ~(L4_PAGE_SIZE - 1);
	extern char __text_start[], __end[];

	for (unsigned i = 0; i < HOSTILES; i++)
		if (page == fuzz_va(i)) {
			fuzz_load_map(i, page);
			return true;
		}
	if (page == HOSTILE_CODE || page == HOSTILE_LAST_PAGE) {
		fuzz_load_map(HOSTILES, page);
		return true;
	}
	if ((l4_word_t)__text_start <= page && page < (l4_word_t)__end) {
		l4_set_tag(pager_image_items(L4_RIGHTS_RX));
		return true;
	}
	return false;
}

static unsigned fuzz_index(struct l4_thread_id id)
{
	unsigned i = 0;

	while (i < HOSTILES && !l4_same_thread(fuzz_ids[i], id))
		i++;
	return i;
}

/* Messages that only look like faults do no harm: whoever isn't stuck goes on. */
static void warden_handle(struct l4_tag tag, struct l4_thread_id from)
{
	unsigned i = fuzz_index(from);
	l4_word_t label = l4_tag_label(tag), address = l4_mr(1);
	bool page_fault = (label & ~7ull) == L4_LABEL_PAGE_FAULT;

	if (i == HOSTILES)
		return;
	if (page_fault && !(label & L4_RIGHT_W && address < TEST_VA) &&
	    fuzz_answer_fault(address)) {
		if (l4_tag_succeeded(l4_reply(from)))
			return;
		/* No kernel memory left there for the mapping, most likely. */
		stuck_here++;
	}
	if (page_fault || label == L4_LABEL_EXCEPTION || (label & ~7ull) == L4_LABEL_IO_FAULT)
		fuzz_restart(i);
}

/* Blocked since the last look, or able to run but standing still for long. */
static bool warden_is_stuck(unsigned i)
{
	enum l4_schedule_state state;

	if (fuzz_count_calls(i)) {
		moved_us[i] = l4_system_clock();
		return false;
	}
	state = l4_schedule(fuzz_ids[i], L4_SCHEDULE_UNCHANGED, L4_SCHEDULE_UNCHANGED,
			    L4_SCHEDULE_UNCHANGED, L4_SCHEDULE_UNCHANGED, NULL);
	return state != L4_SCHEDULE_RUNNING || l4_system_clock() - moved_us[i] > HALTED_US;
}

static void warden_look_for_stuck(void)
{
	for (unsigned i = 0; i < HOSTILES; i++)
		if (warden_is_stuck(i)) {
			stuck++;
			stuck_here++;
			fuzz_restart(i);
		}
}

static void warden_loop(void *unused)
{
	uint64_t look_us = l4_system_clock() + STUCK_US;
	struct l4_thread_id from;

	(void)unused;
	fuzz_build_space();
	while (!warden_stop) {
		struct l4_tag tag = l4_wait_timeout(l4_period_us(STUCK_US), &from);

		if (l4_tag_succeeded(tag))
			warden_handle(tag, from);
		if (l4_system_clock() < look_us)
			continue;
		warden_look_for_stuck();
		look_us = l4_system_clock() + STUCK_US;
	}
	fuzz_destroy_space();
}

/* ---- the innocent ---- */

#define CHECKSUM_WORDS 256

static volatile l4_word_t sums, wrong_sums, pings, wrong_pings;
static volatile bool innocent_stop;

/* Memory and registers: a checksum over words it has written itself. */
static void innocent_checksum(void *unused)
{
	static l4_word_t words[CHECKSUM_WORDS];
	l4_word_t expected = 0;

	(void)unused;
	for (unsigned i = 0; i < CHECKSUM_WORDS; i++) {
		words[i] = i * 0x9e3779b97f4a7c15ull;
		expected = (expected << 1 | expected >> 63) ^ words[i];
	}
	while (!innocent_stop) {
		l4_word_t sum = 0;

		for (unsigned i = 0; i < CHECKSUM_WORDS; i++)
			sum = (sum << 1 | sum >> 63) ^ ((volatile l4_word_t *)words)[i];
		wrong_sums += sum != expected;
		sums++;
	}
}

static void innocent_serve(void *unused)
{
	struct l4_thread_id client = innocent_client;

	(void)unused;
	l4_receive(client);
	for (;;) {
		for (unsigned i = 1; i <= 20; i++)
			l4_set_mr(i, ~l4_mr(i));
		l4_set_tag(l4_tag(0, 20, 0));
		l4_ipc(client, client, L4_TIMEOUTS_NEVER, NULL);
	}
}

static void innocent_ping(void *server)
{
	struct l4_thread_id to = ((struct thread *)server)->id;

	while (!innocent_stop) {
		unsigned wrong = 0;

		for (unsigned i = 1; i <= 20; i++)
			l4_set_mr(i, pings * 20 + i);
		l4_set_tag(l4_tag(0, 20, 0));
		wrong += l4_tag_failed(l4_ipc(to, to, L4_TIMEOUTS_NEVER, NULL));
		for (unsigned i = 1; i <= 20; i++)
			wrong += l4_mr(i) != ~(pings * 20 + i);
		wrong_pings += wrong != 0;
		pings++;
		l4_receive_timeout(l4_myself(), l4_period_us(4000));
	}
}

static struct thread *fuzz_start_innocents(struct thread **checksum)
{
	struct thread *server, *client;

	innocent_stop = false;
	sums = wrong_sums = pings = wrong_pings = 0;
	/* It never waits, so it gets the smaller share. */
	*checksum = thread_create(space_new(), innocent_checksum, NULL);
	l4_schedule((*checksum)->id, l4_time_control(l4_period_us(100), L4_NEVER),
		    L4_SCHEDULE_UNCHANGED, L4_SCHEDULE_UNCHANGED, L4_SCHEDULE_UNCHANGED, NULL);
	thread_go(*checksum);
	server = thread_create(space_new(), innocent_serve, NULL);
	innocent_server = server->id;
	client = thread_create(NULL, innocent_ping, server);
	innocent_client = client->id;
	thread_go(server);
	thread_go(client);
	return client;
}

void test_fuzz(void)
{
	unsigned before = space_kernel_pages(NULL);
	struct thread *checksum, *client;
	uint64_t begin = l4_system_clock(), end = begin + HOSTILE_SECONDS * 1000000ull;

	/* They send to the harness pager, too. */
	pager_faults_expected = true;
	note("seed %#llx", SEED);
	client = fuzz_start_innocents(&checksum);
	hostile_write_code(pool + (HOSTILE_PAGE + HOSTILES) * L4_PAGE_SIZE);
	fuzz_space = thread_fresh_id();
	for (unsigned i = 0; i < HOSTILES; i++) {
		fuzz_ids[i] = thread_fresh_id();
		*fuzz_state(i) = (struct hostile){ 0 };
	}
	restarts = rebuilds = stuck = calls_total = 0;
	for (unsigned i = 0; i < HOSTILES; i++)
		calls_seen[i] = 0;
	warden_stop = false;
	warden = thread_create(NULL, warden_loop, NULL);
	l4_set_priority(warden->id, WARDEN_PRIORITY);
	thread_go(warden);
	while (calls_total < HOSTILE_CALLS && l4_system_clock() < end)
		l4_sleep_us(2000);
	warden_stop = true;
	innocent_stop = true;
	note("%llu calls in %llu ms, %llu restarts (%llu stuck), %llu spaces, %llu checksums, %llu "
	     "pings",
	     (unsigned long long)calls_total,
	     (unsigned long long)(l4_system_clock() - begin) / 1000, (unsigned long long)restarts,
	     (unsigned long long)stuck, (unsigned long long)rebuilds, (unsigned long long)sums,
	     (unsigned long long)pings);
	check(calls_total >= HOSTILE_CALLS, "a million hostile system calls");
	thread_wait_finished(warden);
	thread_wait_finished(checksum);
	thread_wait_finished(client);
	check(sums > 100 && !wrong_sums, "another thread's memory and registers are untouched");
	check(pings > 100 && !wrong_pings, "other threads' IPC is undisturbed");
	check_eq(l4_tcr(L4_TCR_GLOBAL_ID), main_id.raw, "main's UTCB is untouched");
	thread_cleanup();
	check_eq(space_kernel_pages(NULL), before, "no kernel memory is lost");
}
