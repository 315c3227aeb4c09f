/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The manager's screen, see screen.h.  From above: title, list, and four lines at the
 * bottom: memory, the selected task, a message or question, keys.  If the list is too
 * long, the part with the selection is shown.
 */
#include "screen.h"
#include "words.h"

#include <stdio.h>

#define SCREEN_LIST_ROW 2
#define SCREEN_BOTTOM_ROWS 5 /* a blank one above */
#define SCREEN_LEAST_COLUMNS 80

/* The columns of the list.  What a wider screen has more goes to the state. */
enum screen_column {
	SCREEN_NAME,
	SCREEN_KIND,
	SCREEN_STATE,
	SCREEN_CPU,
	SCREEN_MIPS,
	SCREEN_MEMORY,
	SCREEN_UPTIME,
	SCREEN_RESTARTS,
	SCREEN_COLUMNS
};

static const struct {
	unsigned width;
	bool right;
	const char *title;
} screen_columns[SCREEN_COLUMNS] = {
	{ 13, false, "Machine" }, { 11, false, "Type" }, { 15, false, "State" },
	{ 5, true, "CPU %" },     { 6, true, "MIPS" },   { 11, true, "Memory" },
	{ 8, true, "Uptime" },    { 3, true, "Rst" },
};

static const char *const screen_help[] = {
	"Up, Down   select a machine or a task",
	"Enter      which keys show its console",
	"s          start, also after a crash",
	"t          stop at once, as if the plug were pulled",
	"r          reset, as by the machine's button",
	"R          stop and start",
	"p          pause, or go on",
	"v  V       save the machine's state to its state disk, restore it from there",
	"k          send keys that can't be typed: Ctrl+Alt+Del, Break, Stop-A",
	"q          switch the PC off",
	"h  ?       this page",
	"",
	"Ctrl+Alt+F1 to F12 switch consoles. CPU % is of one processor, over the last",
	"second. MIPS is how many millions of its instructions a machine executes in a",
	"second in which it is not idle. Memory is what a task holds and what it may hold.",
	"Rst is how often a task has been started again.",
	"",
	"Any key leads back.",
};

static void screen_title(struct canvas *c, const struct tasks *t)
{
	const struct root_system *s = &t->system;
	char text[128];

	canvas_bar(c, 0, TEXT_BAR);
	canvas_field(c, 0, 1, c->columns - 62, false, TEXT_BRIGHT, s->title[0] ? s->title : "L4VM");
	snprintf(text, sizeof(text), "up %s   CPU %s %%   memory %s, %s free",
		 words_uptime(s->uptime_us).text, words_tenths(t->load_permille).text,
		 words_bytes(s->memory_bytes).text, words_bytes(s->memory_free).text);
	canvas_field(c, 0, c->columns - 61, 60, true, TEXT_BRIGHT, text);
}

/* One row of the list: a text for each column. */
static void screen_columns_put(struct canvas *c, unsigned row, uint8_t colour,
			       const char *const text[SCREEN_COLUMNS])
{
	unsigned at = 1;

	for (unsigned i = 0; i < SCREEN_COLUMNS; i++) {
		unsigned width = screen_columns[i].width;

		if (i == SCREEN_STATE)
			width += c->columns - SCREEN_LEAST_COLUMNS;
		canvas_field(c, row, at, width, screen_columns[i].right, colour, text[i]);
		at += width + 1;
	}
}

static void screen_heading(struct canvas *c, unsigned row, bool machines)
{
	const char *text[SCREEN_COLUMNS];

	for (unsigned i = 0; i < SCREEN_COLUMNS; i++)
		text[i] = screen_columns[i].title;
	if (!machines) {
		text[SCREEN_NAME] = "Task";
		text[SCREEN_KIND] = "Program";
		text[SCREEN_MIPS] = "";
	}
	screen_columns_put(c, row, TEXT_BRIGHT, text);
}

static uint8_t screen_colour(const struct root_task *task)
{
	switch (task->state) {
	case ROOT_TASK_RUNNING:
		return TEXT_PLAIN;
	case ROOT_TASK_OFF:
		return TEXT_DIM;
	default:
		return TEXT_RED;
	}
}

static void screen_task(struct canvas *c, unsigned row, const struct tasks_line *line,
			bool selected)
{
	const struct root_task *task = &line->task;
	struct words cpu = words_tenths(line->cpu_permille), mips = words_tenths(line->mips_tenths);
	struct words uptime = words_uptime(task->uptime_us);
	bool runs = task->state == ROOT_TASK_RUNNING;
	char state[96], memory[2 * WORDS_BYTES], restarts[WORDS_BYTES];

	snprintf(state, sizeof(state), "%s%s%s", words_state(task),
		 !runs && task->reason[0] ? ": " : "", !runs ? task->reason : "");
	snprintf(memory, sizeof(memory), "%s/%s", words_bytes(task->memory_bytes).text,
		 words_bytes(task->memory_bound).text);
	snprintf(restarts, sizeof(restarts), "%u", (unsigned)task->restarts);
	if (selected)
		canvas_bar(c, row, TEXT_SELECTED);
	screen_columns_put(c, row, screen_colour(task),
			   (const char *const[SCREEN_COLUMNS]){
				   task->name, task->kind, state, runs ? cpu.text : "",
				   runs && line->mips_tenths ? mips.text : "", runs ? memory : "",
				   runs ? uptime.text : "", restarts });
}

/* What stands in the list: a task's index, or one of these. */
enum { SCREEN_BLANK = -1, SCREEN_MACHINES = -2, SCREEN_TASKS = -3 };

#define SCREEN_LIST_MOST (TASKS_MAX + 3)

static unsigned screen_list(const struct tasks *t, int list[SCREEN_LIST_MOST])
{
	unsigned order[TASKS_MAX], count = ui_order(t, order), length = 0;
	bool machines = true;

	list[length++] = SCREEN_MACHINES;
	for (unsigned i = 0; i < count; i++) {
		if (machines && !tasks_is_machine(&t->line[order[i]])) {
			machines = false;
			list[length++] = SCREEN_BLANK;
			list[length++] = SCREEN_TASKS;
		}
		list[length++] = (int)order[i];
	}
	return length;
}

/* The first entry that is shown, so that the selected one is. */
static unsigned screen_top(const int *list, unsigned length, unsigned rows, int selected)
{
	unsigned at = 0;

	while (at < length && list[at] != selected)
		at++;
	if (length <= rows || at < rows - 1)
		return 0;
	return at + 1 < length ? at + 2 - rows : length - rows;
}

static void screen_tasks(struct canvas *c, const struct tasks *t, const struct tasks_line *selected)
{
	int list[SCREEN_LIST_MOST];
	unsigned length = screen_list(t, list);
	unsigned rows = c->rows - SCREEN_LIST_ROW - SCREEN_BOTTOM_ROWS;
	unsigned top = screen_top(list, length, rows, selected ? (int)(selected - t->line) : 0);

	for (unsigned i = 0; i < rows && top + i < length; i++) {
		int what = list[top + i];

		if (what >= 0)
			screen_task(c, SCREEN_LIST_ROW + i, &t->line[what],
				    &t->line[what] == selected);
		else if (what != SCREEN_BLANK)
			screen_heading(c, SCREEN_LIST_ROW + i, what == SCREEN_MACHINES);
	}
}

static void screen_memory(struct canvas *c, const struct root_system *s)
{
	char text[160];

	snprintf(text, sizeof(text),
		 "Kernel %s, servers and tasks %s, channels %s, boot modules %s",
		 words_bytes(s->kernel_bytes).text, words_bytes(s->server_bytes).text,
		 words_bytes(s->channel_bytes).text, words_bytes(s->module_bytes).text);
	canvas_put(c, c->rows - 4, 1, TEXT_PLAIN, text);
}

static void screen_selected(struct canvas *c, const struct root_task *task)
{
	char text[160], console[32] = "", ram[32] = "";

	if (task->ram_bytes)
		snprintf(ram, sizeof(ram), ", RAM %s", words_bytes(task->ram_bytes).text);
	if (task->console && task->console <= UI_LAST_FUNCTION_KEY)
		snprintf(console, sizeof(console), ", Ctrl+Alt+F%u", (unsigned)task->console);
	if (task->reason[0])
		snprintf(text, sizeof(text), "%s: %s", task->name, task->reason);
	else
		snprintf(text, sizeof(text), "%s: processor %u, priority %u%s%s", task->name,
			 (unsigned)task->processor, (unsigned)task->priority, ram, console);
	canvas_put(c, c->rows - 3, 1, task->reason[0] ? TEXT_RED : TEXT_PLAIN, text);
}

static void screen_help_draw(struct canvas *c)
{
	for (unsigned i = 0; i < sizeof(screen_help) / sizeof(screen_help[0]); i++)
		canvas_put(c, SCREEN_LIST_ROW + i, 1, TEXT_PLAIN, screen_help[i]);
}

void screen_draw(struct canvas *c, unsigned columns, unsigned rows, const struct tasks *t,
		 struct ui *ui)
{
	const struct tasks_line *selected = ui_selected(ui, t);

	canvas_clear(c, columns, rows);
	screen_title(c, t);
	if (ui->mode == UI_HELP) {
		screen_help_draw(c);
		return;
	}
	screen_tasks(c, t, selected);
	screen_memory(c, &t->system);
	if (selected)
		screen_selected(c, &selected->task);
	canvas_put(c, c->rows - 2, 1, ui->failed ? TEXT_RED : TEXT_YELLOW, ui->message);
	canvas_bar(c, c->rows - 1, TEXT_BAR);
	canvas_put(c, c->rows - 1, 1, TEXT_BRIGHT,
		   "s start  t stop  r reset  p pause  v save  V restore  k keys  q off  h help");
}
