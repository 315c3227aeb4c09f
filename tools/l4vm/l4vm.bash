# SPDX-License-Identifier: BSD-2-Clause
#
# Completion of the command l4vm for bash.  Commands and options are asked of l4vm
# itself, names of machines are read from the configuration on the line.

# The commands: `l4vm help` lists them indented.
_l4vm_commands() {
	l4vm help 2>/dev/null | sed -n 's/^  \([a-z]*\) .*/\1/p'
}

_l4vm_options() {
	l4vm help "$1" 2>/dev/null | sed -n 's/^  \(--[a-z-]*\).*/\1/p'
}

_l4vm_machines() {
	l4vm machines 2>/dev/null | sed -n '2,$s/ .*//p'
}

# Names in the configuration $1: of machines, with $2 = all of tasks too.
_l4vm_names() {
	[ -f "$1" ] || return
	sed -n "s/^[[:blank:]]*\[[[:blank:]]*\(vm${2:+\|task}\)[[:blank:]]\{1,\}\([A-Za-z0-9._-]*\)[[:blank:]]*\].*/\2/p" "$1"
}

# Completes files and folders, with spaces in their names intact.
_l4vm_files() {
	compopt -o filenames 2>/dev/null
	mapfile -t COMPREPLY < <(compgen -f -- "$1")
}

_l4vm_words() {
	mapfile -t COMPREPLY < <(compgen -W "$1" -- "$2")
}

# What isn't an option, from the third word of the line on, without the word itself.
_l4vm_arguments() {
	local i
	for ((i = 2; i < COMP_CWORD; i++)); do
		case ${COMP_WORDS[i]} in
		-*) ;;
		=) i=$((i + 1)) ;; # and what an option is set to
		*) printf '%s\n' "${COMP_WORDS[i]}" ;;
		esac
	done
}

_l4vm() {
	local word=${COMP_WORDS[COMP_CWORD]} command=${COMP_WORDS[1]} first before
	COMPREPLY=()
	if ((COMP_CWORD == 1)); then
		_l4vm_words "$(_l4vm_commands) --help --version" "$word"
		return
	fi
	# Bash takes words apart at "=".
	before="${COMP_WORDS[*]:COMP_CWORD-2:2} ${word%%[!=]*}"
	if [[ $command == emu && $before =~ (^| )--display\ +=\ *$ ]]; then
		_l4vm_words "window full-screen none" "${word#=}"
		return
	fi
	if [[ $word == -* ]]; then
		_l4vm_words "$(_l4vm_options "$command")" "$word"
		return
	fi
	first=$(_l4vm_arguments | head -n 1)
	case $command in
	help) _l4vm_words "$(_l4vm_commands)" "$word" ;;
	machines) _l4vm_words "$(_l4vm_machines)" "$word" ;;
	show)
		if [ -n "$first" ]; then
			_l4vm_words "$(_l4vm_names "$first" all) system" "$word"
		else
			_l4vm_files "$word"
		fi
		;;
	emu)
		if [ -f "$first" ]; then
			_l4vm_words "$(_l4vm_names "$first")" "$word"
		else
			_l4vm_files "$word"
			[ -n "$first" ] || COMPREPLY+=($(compgen -W "$(_l4vm_machines)" -- "$word"))
		fi
		;;
	*) _l4vm_files "$word" ;;
	esac
}

complete -F _l4vm l4vm
