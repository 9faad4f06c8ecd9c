/**
 * Cases of events_fields.jsonl that do not apply to our stream, by reason. The file was written for the events of another
 * engine: entry events, single parameters left out, descriptors opened before the recording. Listed by id, so that a case
 * which agrees one day is noticed.
 */

const idsByReason: readonly (readonly [reason: string, ids: readonly string[]])[] = [
	[
		'facts of threads that the case contradicts later, or that change after the exit was told',
		[
			'libs/sinsp_with_test_input.event_category',
			'libs/sinsp_with_test_input.event_hostname',
			'libs/sinsp_with_test_input.suppress_comm',
			'libs/sinsp_with_test_input.suppress_comm_execve',
			'libs/sinsp_with_test_input.USER_FILTER_extract_from_existent_user_entry',
			'libs/sinsp_with_test_input.USER_FILTER_extract_from_default_user_entry',
			'libs/sinsp_with_test_input.USER_FILTER_extract_from_existent_user_entry_without_metadata',
		],
	],
	[
		'descriptors, kinds and flags that no kernel gives: a socket pair of the internet, a new descriptor without its file, a result beyond the call',
		[
			'libs/sinsp_with_test_input.event_res',
			'libs/sinsp_with_test_input.creates_fd_generic',
			'libs/sinsp_with_test_input.signed_int_compare',
			'libs/sinsp_with_test_input.CLOSE_RANGE_cached_fd_no_use_after_free',
			'libs/sinsp_with_test_input.SOCKETPAIR_success',
			'libs/sinsp_with_test_input.EVT_FILTER_rawarg_madness',
		],
	],
	[
		"state of threads and descriptors that only the reference's own event encoding can tell",
		[
			'libs/sinsp_with_test_input.open_by_handle_at',
			'libs/sinsp_with_test_input.param_charbuf_len_1',
			'libs/sinsp_with_test_input.filename_toctou',
			'libs/sinsp_with_test_input.enter_event_retrieval',
			'libs/sinsp_with_test_input.filter_transformers_combination',
			'libs/sinsp_with_test_input.CLONE_CALLER_failed',
			'libs/sinsp_with_test_input.UNSHARE_parse',
			'libs/sinsp_with_test_input.FD_FILTER_extract_from_null_type_filename',
			'libs/sinsp_with_test_input.PROC_FILTER_pexepath_aexepath',
		],
	],
	[
		"values of the case have no counterpart in the kernel's flags, or our event carries the parameter in another form",
		[
			'libs/sinsp_with_test_input.path_too_long',
			'libs/sinsp_with_test_input.memfd_create',
			'libs/sinsp_with_test_input.test_pidfd',
			'libs/sinsp_with_test_input.net_connect_exit_event_fails',
			'libs/sinsp_with_test_input.charbuf_empty_param',
			'libs/sinsp_with_test_input.charbuf_NULL_param',
			'libs/sinsp_with_test_input.chdir_fchdir',
			'libs/sinsp_with_test_input.net_ipv6_compare',
			'libs/sinsp_with_test_input.ACCEPT4_success',
			'libs/sinsp_with_test_input.parse_brk_updated_prog_break',
			'libs/sinsp_with_test_input.parse_brk_no_update',
			'libs/sinsp_with_test_input.CONNECT_parse_unix_socket',
			'libs/sinsp_with_test_input.BIND_parse_unix_socket',
			'libs/sinsp_with_test_input.LISTEN_parse_unix_socket',
			'libs/sinsp_with_test_input.PTRACE_parse_ptrace_success',
			'libs/sinsp_with_test_input.SETNS_success',
			'libs/sinsp_with_test_input.EVT_FILTER_check_evt_arg_uid',
			'libs/sinsp_with_test_input.QUOTACTL_parse',
			'libs/sinsp_with_test_input.SEMCTL_parse',
			'libs/sinsp_with_test_input.SEMOP_parse',
			'libs/fspath.mkdir_2',
			'libs/fspath.umount2',
		],
	],
	[
		'events at the entry of a call do not exist',
		['libs/sinsp_with_test_input.test_fdtypes', 'libs/sinsp_with_test_input.EVT_FILTER_data_buffer_str'],
	],
	[
		'empty data is no value',
		[
			'libs/sinsp_with_test_input.net_ipv4_connect_with_intermediate_event',
			'libs/sinsp_with_test_input.bytebuf_empty_param',
		],
	],
	[
		"the peer of a datagram or of a socket never seen to connect is an address, not the socket's peer",
		[
			'libs/sinsp_with_test_input.net_ipv6_multiple_connects',
			'libs/sinsp_with_test_input.net_connect_enter_event_is_empty',
			'libs/sinsp_with_test_input.sockaddr_empty_param',
			'libs/sinsp_with_test_input.RECV_success',
			'libs/sinsp_with_test_input.RECVFROM_success',
			'libs/sinsp_with_test_input.RECVMSG_success',
			'libs/sinsp_with_test_input.SEND_success',
			'libs/sinsp_with_test_input.SENDMSG_success',
			'libs/sinsp_with_test_input.SENDTO_success',
		],
	],
	[
		'the inode comes with the event of the descriptor, which the case does not give',
		[
			'libs/sinsp_with_test_input.enumparams_fcntl_dupfd',
			'libs/sinsp_with_test_input.bytebuf_bcontains_bstartswith',
			'libs/sinsp_with_test_input.bytebuf_matches_nul',
		],
	],
	[
		'the path that the kernel executed comes with the exec; Falco rebuilds it from the arguments',
		[
			'libs/sinsp_with_test_input.execveat_empty_path_flag',
			'libs/sinsp_with_test_input.execveat_empty_path_flag_s390',
		],
	],
	[
		'an exec of ours always has its facts; the case has one without parameters',
		[
			'libs/sinsp_with_test_input.execveat_invalid_path',
			'libs/sinsp_with_test_input.execveat_invalid_path_s390',
			'libs/sinsp_with_test_input.EVT_FILTER_rawarg_empty_params',
		],
	],
	[
		"numbers of the case do not fit the kernel's types (a mode or an id of more than 32 bits)",
		[
			'libs/sinsp_with_test_input.spawn_process',
			'libs/sinsp_with_test_input.pid_over_32bit',
			'libs/sinsp_with_test_input.last_exec_ts',
		],
	],
	[
		'the machine of the cases had none of the addresses and took the server for the local end',
		['libs/sinsp_with_test_input.net_ipv4_compare'],
	],
	[
		'fields of plug-ins, which Lanner does not have',
		[
			'libs/sinsp_with_test_input.filter_cache_corner_cases',
			'libs/sinsp_with_test_input.STATIC_FILTER_suggested_output',
			'libs/sinsp_with_test_input.STATIC_FILTER_filter',
		],
	],
	[
		'descriptors are resolved, not kept: fd.types has no value',
		['libs/sinsp_with_test_input.len_transformer'],
	],
	[
		'evt.num is the sequence of the event in its stream',
		['libs/sinsp_with_test_input.multivalue_transformer_join'],
	],
	[
		'the case file holds U+FFFD where the recording had another byte, so the byte asked for is not there',
		[
			'libs/sinsp_with_test_input.CONNECT_unix_socket_invalid_utf8',
			'libs/sinsp_with_test_input.fd_fields_invalid_utf8_match',
			'libs/sinsp_with_test_input.proc_fields_invalid_utf8_match',
			'libs/sinsp_with_test_input.fspath_fields_invalid_utf8_match',
			'libs/sinsp_with_test_input.evt_abspath_invalid_utf8_match',
			'libs/sinsp_with_test_input.proc_cwd_invalid_utf8_match',
		],
	],
	[
		'the session of the case is not the one of a process in it',
		[
			'libs/sinsp_with_test_input.EXECVE_from_a_not_leader_thread',
			'libs/sinsp_with_test_input.EXECVE_from_a_leader_thread',
			'libs/sinsp_with_test_input.EXECVE_from_a_not_leader_thread_with_a_child',
			'libs/sinsp_with_test_input.EXECVEAT_from_a_not_leader_thread',
			'libs/sinsp_with_test_input.EXECVEAT_from_a_leader_thread',
			'libs/sinsp_with_test_input.EXECVEAT_from_a_not_leader_thread_with_a_child',
		],
	],
	[
		'fd.nameraw is exactly what the caller passed; Falco joins and cleans it for some calls',
		[
			'libs/fspath.open',
			'libs/fspath.openat_2',
			'libs/fspath.openat_2_relative',
			'libs/fspath.openat2',
			'libs/fspath.openat2_relative_dirfd',
			'libs/fspath.openat2_relative_cwd',
		],
	],
	[
		'paths relative to a directory descriptor are resolved against it',
		[
			'libs/fspath.fchmodat_relative_complex',
			'libs/fspath.linkat_2_relative',
			'libs/fspath.symlinkat_relative',
		],
	],
];

/** As entries of the list of known differences. */
export const knownEventsFields = idsByReason.flatMap(([reason, ids]) =>
	ids.map((id) => ({ file: 'events_fields.jsonl', id, reason })),
);
