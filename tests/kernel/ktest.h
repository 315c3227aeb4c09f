/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the kernel tests share: checks, threads, spaces, agents and jobs.
 *
 * ktest is the root task and one thread of it, "main", runs the tests of
 * tests.inc in order and alone prints.  Every space the harness creates
 * has ktest's image mapped one to one, so that a thread anywhere is just a
 * function, and globals are shared.  After each test all its threads and spaces
 * are deleted.
 *
 * Unless noted the functions may be called by main only.
 */
#ifndef KTEST_H
#define KTEST_H

#include <l4/syscall.h>
#include <l4/x86_64/exception.h>
#include <tap.h>

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

/* ---- checks (tap_serial.c) ------------------------------------------------ */

/* One TAP line each, the running test's name first.  They return success. */
#define check(good, format, ...) ok((good), "%s: " format, tap_test_name, ##__VA_ARGS__)
#define check_eq(got, want, format, ...)                                                           \
	is((got), (want), "%s: " format, tap_test_name, ##__VA_ARGS__)
/* low <= got <= high */
#define check_range(got, low, high, format, ...)                                                   \
	tap_range((got), (low), (high), __FILE__, __LINE__, "%s: " format, tap_test_name,          \
		  ##__VA_ARGS__)
/* A remark. */
#define note(format, ...) diag("%s: " format, tap_test_name, ##__VA_ARGS__)

extern const char *tap_test_name;

bool tap_range(l4_word_t got, l4_word_t low, l4_word_t high, const char *file, int line,
	       const char *format, ...) __attribute__((format(printf, 6, 7)));
/* Opens the serial line. */
void tap_open(void);
/* The end of the run, as a byte to QEMU's debug exit device. */
_Noreturn void tap_finish(void);
/* The end where tests can't go on.  Any thread of ktest's space. */
_Noreturn void tap_give_up(const char *why);

/* ---- the run (main.c, watchdog.c) ------------------------------------------ */

extern struct l4_thread_id main_id; /* global id */
extern struct l4_thread_id sigma0_id;
extern unsigned cpu_count;

#define MAIN_PRIORITY 200
#define PAGER_PRIORITY 254
#define WATCHDOG_PRIORITY 255
#define THREAD_PRIORITY 100 /* what the kernel gives new threads */

/* Where the watchdog restarts main: fails the running test, goes on with the next. */
_Noreturn void main_recover(void);

void watchdog_start(void);
/* Has main restarted if the test isn't done after `seconds`. */
void watchdog_arm(unsigned seconds);
void watchdog_disarm(void);

/* ---- spaces and threads (thread.c, space.c) --------------------------------- */

#define TEST_VA 0x1000000000ull     /* nothing of ours is there, in any space */
#define CHILD_UTCBS 0x2000000000ull /* UTCB area of the spaces we create */
#define CHILD_UTCBS_LOG2 16
#define STACK_SIZE 4096

struct space {
	struct l4_thread_id id; /* an inactive thread that keeps and names it */
	unsigned image_rights;  /* what the image is mapped with */
	uint64_t utcbs_used;    /* bit map */
};

struct thread {
	struct l4_thread_id id;    /* global */
	struct l4_thread_id local; /* valid in its own space */
	struct space *space;       /* NULL: ktest's own */
	void (*entry)(void *arg);
	void *arg;
	struct l4_thread_id pager;   /* set by the thread itself before entry() */
	struct l4_thread_id handler; /* of exceptions; likewise */
	uint8_t *stack;
	volatile bool started;
	volatile bool finished; /* entry() returned */
};

/* Starts the pager and the watchdog. */
void thread_init(void);
/* Deletes every thread and space made since the last call. */
void thread_cleanup(void);
void space_cleanup(void);

struct space *space_new(void);
/* Without threads left and without its keeper it is gone. */
void space_delete(struct space *s);
void space_forget(struct space *s);
/* A thread or space number nobody uses. */
struct l4_thread_id thread_fresh_id(void);
/* The id that names the space of `s`, ktest's if NULL. */
struct l4_thread_id space_id(const struct space *s);
/* Pages of kernel memory in use by the space (NULL: ktest's), and at most. */
unsigned space_kernel_pages(const struct space *s);
unsigned space_kernel_limit(const struct space *s);
bool space_set_limit(const struct space *s, unsigned pages);
bool space_set_redirector(struct space *s, struct l4_thread_id redirector);

/* Creates an active thread that waits to be started. */
struct thread *thread_create(struct space *s, void (*entry)(void *arg), void *arg);
/* Starts it; its pager and exception handler are the harness pager unless set. */
void thread_go(struct thread *t);
struct thread *thread_new(struct space *s, void (*entry)(void *arg), void *arg);
void thread_delete(struct thread *t);
/* It was, or is to be, deleted by other means. */
void thread_forget(struct thread *t);
/* Deletes and creates it again, with the same id, and starts it. */
void thread_restart(struct thread *t);
/* Schedule's view of it. */
enum l4_schedule_state thread_state(const struct thread *t);
/* Waits up to a second for this state, or with `finished` set; a check if not. */
bool thread_reaches(const struct thread *t, enum l4_schedule_state state);
bool thread_wait_finished(const struct thread *t);
/* Sleeps, in any thread, for ever. */
_Noreturn void thread_park(void);
/* A free UTCB block in ktest's own area, for tests that call ThreadControl. */
void *utcb_take(void);
void utcb_release(void *utcb);
/* UTCB block number i of a child space. */
void *child_utcb(unsigned i);

/* Polls *flag with sleeps until it is at least `value` or `us` have passed. */
bool wait_for(const volatile l4_word_t *flag, l4_word_t value, uint64_t us);

/* ---- the harness pager (pager.c) --------------------------------------------- */

extern struct l4_thread_id pager_id;

struct fault {
	struct l4_thread_id thread;
	l4_word_t label;   /* with the access bits */
	l4_word_t address; /* page fault: address; I/O: fpage; exception: number */
	l4_word_t ip;
};

void pager_start(void);
/* Has the pager send the start message; main does it while there is no pager. */
void pager_send_start(struct l4_thread_id id, l4_word_t ip, l4_word_t sp);
/* Faults that weren't about the image are kept, and the thread with them. */
extern volatile l4_word_t pager_fault_count;
extern struct fault pager_last_fault;
/* A test that expects such faults says so. */
extern volatile bool pager_faults_expected;

/* Loads map items that cover the image into MR 1..; returns the tag. */
struct l4_tag pager_image_items(unsigned rights);

/* ---- memory (memory.c) --------------------------------------------------------- */

#define POOL_LOG2 18 /* 64 pages of 4 KiB */
#define POOL_PAGES (1u << (POOL_LOG2 - 12))
#define SUPER_LOG2 22 /* two pages of 2 MiB */

/* Frames for mapping tests, outside the image, one to one in ktest's space. */
extern uint8_t *pool;
extern uint8_t *super_pool; /* NULL: sigma0 had none */

void memory_init(void);
/* Asks sigma0; returns the fpage it mapped (one to one), nil if refused. */
struct l4_fpage memory_request(struct l4_fpage what, l4_word_t attribute);
/* The same, with the raw reply: tag and the two words of the item. */
struct l4_tag memory_request_raw(struct l4_fpage what, l4_word_t attribute,
				 struct l4_map_item *item);
/* Gets pool pages back that were granted away, and writes their numbers. */
void memory_refill(void);
/* The number written at the start of pool page i. */
l4_word_t memory_mark(unsigned i);
struct l4_fpage pool_page(unsigned i, unsigned log2_size, unsigned rights);

/* ---- jobs: one IPC as data (job.c) ------------------------------------------------ */

struct job {
	/* in */
	struct l4_thread_id to, from;
	l4_word_t timeouts;
	l4_word_t xfer_timeouts;
	struct l4_thread_id virtual_sender;
	bool lipc;
	unsigned brs; /* how many of br[] to load */
	l4_word_t mr[L4_MR_COUNT];
	l4_word_t br[L4_BR_COUNT];
	/* out */
	struct l4_tag tag;
	struct l4_thread_id sender;
	l4_word_t got[L4_MR_COUNT];
	l4_word_t error;
	l4_word_t actual_sender, intended_receiver;
	uint64_t begin_us, end_us;
	volatile l4_word_t done;
};

/* Does it, in any thread. */
void job_run(struct job *j);
/* A thread that does it and parks. */
struct thread *job_start(struct space *s, struct job *j);
bool job_wait(struct job *j);
/* Checks that the job failed so. */
bool job_check_error(const struct job *j, bool receive_phase, enum l4_ipc_error e,
		     const char *name);

struct job job_send(struct l4_thread_id to);
struct job job_receive(struct l4_thread_id from);
/* Appends to the message of the job. */
void job_add_word(struct job *j, l4_word_t word);
void job_add_item(struct job *j, l4_word_t head, l4_word_t address);
void job_add_map(struct job *j, struct l4_map_item item);

/* ---- agents: function calls in other spaces (agent.c) ------------------------------ */

/*
 * An agent's pager and exception handler is main, and main waits for the
 * agent's answer only; so a fault arrives in place of the answer.
 */
struct agent {
	struct thread *thread;
	struct l4_tag tag; /* of the last answer or fault */
	l4_word_t mr[L4_MR_COUNT];
};

typedef l4_word_t (*agent_function)(l4_word_t a, l4_word_t b);

struct agent agent_new(struct space *s);
/* True if the function returned (*result may be NULL), false if it faulted: the
 * agent is then in its fault, a->tag and a->mr hold the message.  Functions
 * return small numbers or words; the answer is always one untyped word. */
bool agent_call(struct agent *a, agent_function f, l4_word_t x, l4_word_t y, l4_word_t *result);
void agent_begin(struct agent *a, agent_function f, l4_word_t x, l4_word_t y);
bool agent_finish(struct agent *a, l4_word_t *result);
/* After a fault: forget what it did, make it serve again. */
void agent_reset(struct agent *a);
bool agent_faulted(const struct agent *a, l4_word_t label_and_rights, l4_word_t address);

/* Touch memory there: true and the value, or false (fault, agent is reset). */
bool agent_peek(struct agent *a, l4_word_t address, l4_word_t *value);
bool agent_poke(struct agent *a, l4_word_t address, l4_word_t value);
/* Calls the code there, which must return at once. */
bool agent_execute(struct agent *a, l4_word_t address);
/* Does the job in the agent's thread (NULL: main). */
void agent_job(struct agent *a, struct job *j);
void agent_begin_job(struct agent *a, struct job *j);

/* One map or grant item from an agent (NULL: main) to another's window; returns
 * the item's fpage as delivered. */
struct l4_fpage agent_map(struct agent *from, struct agent *to, struct l4_map_item item,
			  struct l4_fpage window);
/* Unmap by the agent (NULL: main) of one fpage; returns it with the access bits. */
struct l4_fpage agent_unmap(struct agent *a, struct l4_fpage f, bool flush);

/* ---- time (ipc_time.c) ---- */

/* True where the processor's time advances with its instructions only: bounds on
 * times can be strict. */
bool time_is_exact(void);

/* ---- assembly (asm.S) ---------------------------------------------------------------- */

/* General registers in the order of their names below. */
struct registers {
	l4_word_t rax, rbx, rcx, rdx, rsi, rdi, rbp, r8, r9, r10, r11, r12, r13, r14, r15;
	l4_word_t rsp, rflags; /* results only */
};

/* Loads the registers, calls `address`, stores them; any thread. */
void asm_call(struct registers *r, l4_word_t address);
/* First code of every thread the harness makes. */
void asm_thread_entry(void);
/* The `lock; nop` trap, for asm_call(); and as a thread's code that then reads
 * what is 1 MiB behind the page. */
void asm_kernel_interface(void);
void asm_kernel_interface_report(void);

#endif
