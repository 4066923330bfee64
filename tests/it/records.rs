//! Purple screens and oopses: one record with its fields, a culprit, a fingerprint that does not depend on host or era,
//! and an honest word on what of it is missing.

use super::decode::library;
use super::run::faultbook;
use faultbook::engine::lines;
use faultbook::engine::record::Record;
use faultbook::library::outline::Kind;
use indoc::indoc;

/// The first record of a format in a text.
fn record(format: &str, text: &str) -> Record {
    let library = library();
    let number = library.number(Kind::Format, format).expect("the format is shipped");
    let format = library.format_at(number).and_then(|f| f.record.as_ref()).expect("it has a record");
    let bytes = text.as_bytes();
    let start =
        lines::all(bytes).find(|(a, b)| format.starts.iter().any(|r| r.is_match(&bytes[*a..*b]))).unwrap_or_else(|| panic!("nothing starts in\n{text}")).0;
    format.at(bytes, start, 0).expect("a record")
}

/// Issue 8: a chunk may begin in the midst of a record, so that another of its lines is met first.
#[test]
fn a_record_is_the_same_whichever_of_its_lines_was_met_first() {
    let library = library();
    let number = library.number(Kind::Format, "esx-purple-screen").expect("the format is shipped");
    let format = library.format_at(number).and_then(|f| f.record.as_ref()).expect("it has a record");
    let mut met = 0;
    for (era, text) in ERAS {
        // Two lines that nobody knows stand before the last one.
        let (head, last) = text.trim_end().rsplit_once('\n').unwrap_or((text.trim_end(), text.trim_end()));
        let text = format!("before\n\n\n\n{head}\nsome other text\nand more of it\n{last}\n@BlueScreen: #PF Exception 14 in world 1:a IP 0x1 addr 0x0\n");
        let bytes = text.as_bytes();
        let starts = lines::all(bytes).filter(|(a, b)| format.starts.iter().any(|r| r.is_match(&bytes[*a..*b])));
        let mut known: Vec<Record> = Vec::new();
        for (at, _) in starts {
            let record = format.at(bytes, at, 0).expect("a record");
            let of_known = known.iter().find(|k| k.lines[0].0 <= at && at <= k.lines[k.lines.len() - 1].0);
            match of_known {
                Some(k) => assert_eq!(k.lines, record.lines, "{era}: met at byte {at}"),
                None => known.push(record),
            }
            met += 1;
        }
    }
    assert!(met > 2 * ERAS.len(), "{met} starts were met");
}

fn screen(text: &str) -> Record {
    record("esx-purple-screen", text)
}

fn oops(text: &str) -> Record {
    record("linux-oops", text)
}

fn fact<'a>(r: &'a Record, name: &str) -> &'a str {
    r.facts.iter().find(|(n, _)| &**n == name).map_or("not known", |(_, v)| v)
}

/// The same crash as five eras, a debugger, a page that masks addresses and a terminal print it.
const ERAS: &[(&str, &str)] = &[
    (
        "no modules (ESX 4.0)",
        indoc! {"
            VMware ESX [Releasebuild-164009 X86_64]
            #PF Exception(14) in world 4130:helper13-0 @ 0x41803399e303
            0x4100c7ff7d08:[0x41803645e7fc]i40en_UplinkPrivStatsGet+0x45f stack: 0x4100a30e4bf0
            0x4100c7ff7d38:[0x41803645ec6f]UplinkDeviceGetStatsAsyncCB+0x2fe stack: 0xbad0014
            0x4100c7ff7d98:[0x41803645ee0e]UplinkAsyncProcessCallsHelperCB+0x119 stack: 0x4100c7ff7e08
            0x4100c7ff7de8:[0x41803657ae50]HelperQueueFunc+0x1d2 stack: 0x4100c7ff7e48
            0x4100c7ff7e38:[0x41803657af5d]CpuSched_StartWorld+0x86 stack: 0x0
        "},
    ),
    (
        "module:nover (4.1)",
        indoc! {"
            @BlueScreen: #PF Exception 14 in world 4376:HELPER_UPLIN @ 0x418029c15c43
            53:22:52:05.325 cpu35:4376)Code start: 0x418029c00000 VMK uptime: 53:22:52:05.325
            53:22:52:05.325 cpu35:4376)0x417f808c7c30:[0x418029c15c43]i40en_UplinkPrivStatsGet@i40en:nover+0x45f stack: 0x4100a3802010
            53:22:52:05.326 cpu35:4376)0x417f808c7c60:[0x418029c2524b]UplinkDeviceGetStatsAsyncCB@vmkernel:nover+0x2fe stack: 0x4100a3802010
            53:22:52:05.326 cpu35:4376)0x417f808c7c80:[0x41802a0bb36d]UplinkAsyncProcessCallsHelperCB@vmkernel:nover+0x119 stack: 0x417f808c7cc0
            53:22:52:05.326 cpu35:4376)0x417f808c7cc0:[0x41802a0bb4c6]HelperQueueFunc@vmkernel:nover+0x1d2 stack: 0x417f808c7cf0
            53:22:52:05.326 cpu35:4376)0x417f808c7cf0:[0x41802a0bb4d6]CpuSched_StartWorld@vmkernel:nover+0x86 stack: 0x0
        "},
    ),
    (
        "module#nover (5.x to 8)",
        indoc! {"
            2024-06-21T21:50:40.305Z cpu56:2097460)@BlueScreen: #PF Exception 14 in world 2097460:HELPER_UPLIN IP 0x42002b65ad3b addr 0x8
            PTEs:0xc005426027;0xc004f12007;0x0;
            2024-06-21T21:50:40.320Z cpu56:2097460)Code start: 0x42002a800000 VMK uptime: 455:21:42:08.477
            2024-06-21T21:50:40.346Z cpu56:2097460)0x453949a1be20:[0x42002b65ad3b]i40en_UplinkPrivStatsGet@(i40en)#<None>+0x45f stack: 0x4307b3a7e050
            2024-06-21T21:50:40.373Z cpu56:2097460)0x453949a1be80:[0x42002aa8da15]UplinkDeviceGetStatsAsyncCB@vmkernel#nover+0x2fe stack: 0x420000000001
            2024-06-21T21:50:40.402Z cpu56:2097460)0x453949a1bf10:[0x42002ab5aa14]UplinkAsyncProcessCallsHelperCB@vmkernel#nover+0x119 stack: 0x125306464fcb9d2
            2024-06-21T21:50:40.426Z cpu56:2097460)0x453949a1bf40:[0x42002a8da139]HelperQueueFunc@vmkernel#nover+0x1d2 stack: 0x453949a20b48
            2024-06-21T21:50:40.448Z cpu56:2097460)0x453949a1bfe0:[0x42002abb3e29]CpuSched_StartWorld@vmkernel#nover+0x86 stack: 0x0
            2024-06-21T21:50:40.484Z cpu56:2097460)base fs=0x0 gs=0x42004e000000 Kgs=0x0
        "},
    ),
    (
        "module lost",
        indoc! {"
            @BlueScreen: #PF Exception 14 in world 63406:HELPER_UPLIN IP 0x41801cd9c266 addr 0x8
            0x41229eb9b590:[0x41801cd9c266]i40en_UplinkPrivStatsGet@#+0x45f stack: 0x410015264580
            0x41229eb9b600:[0x41801cd9fc73]UplinkDeviceGetStatsAsyncCB@<None>#<None>+0x2fe stack: 0x41229eb9b630
            0x41229eb9b6a0:[0x41801cd3ced0]UplinkAsyncProcessCallsHelperCB@vmkernel#nover+0x119 stack: 0x41229eb9b6e0
            0x41229eb9bff0:[0x41801cd3ced0]CpuSched_StartWorld@vmkernel#nover+0x86 stack: 0x0
        "},
    ),
    (
        "a debugger",
        indoc! {"
            #PF Exception 14 in world 2102584:HELPER_UPLIN IP 0x4200135590e2 addr 0x8
            #0  i40en_UplinkPrivStatsGet (cookie=..., statBuf=...) at i40en_uplink.c:1
            #1  0x0000418028d3d6a5 in UplinkDeviceGetStatsAsyncCB (data=...)
            #2  0x0000418028d3d6a6 in UplinkAsyncProcessCallsHelperCB (data=...)
            #3  0x0000418028d3d6a7 in HelperQueueFunc (data=...)
            #4  0x0000418028d3d6a8 in CpuSched_StartWorld (destWorld=...)
        "},
    ),
    (
        "symbols only",
        indoc! {"
            i40en_UplinkPrivStatsGet@(i40en)#<None>+0x45f
            UplinkDeviceGetStatsAsyncCB@vmkernel#nover+0x2fe
            UplinkAsyncProcessCallsHelperCB@vmkernel#nover+0x119
            HelperQueueFunc@vmkernel#nover+0x1d2
            CpuSched_StartWorld@vmkernel#nover+0x86
        "},
    ),
    (
        "masked addresses in one line",
        "cpu##:########)@BlueScreen: #PF Exception 14 in world ########:HELPER_UPLIN IP 0x############ addr 0x## cpu##:########)Backtrace for current CPU ###, worldID=########, fp=0x1 \
         cpu##:########)0x############:[0x############]i40en_UplinkPrivStatsGet@(i40en)#<None>+0x45f stack: ...cpu##:########)0x############:[0x############]UplinkDeviceGetStatsAsyncCB@vmkernel#nover+0x2fe stack: ...\
         cpu##:########)0x############:[0x############]UplinkAsyncProcessCallsHelperCB@vmkernel#nover+0x119 stack: ...cpu##:########)0x############:[0x############]CpuSched_StartWorld@vmkernel#nover+0xbf stack: ...",
    ),
    (
        "colours of the console, and the trace printed twice",
        "2020-10-07T13:07:09.864Z cpu36:1001599386)Backtrace for current CPU #36, worldID=1001599386, fp=0x430874608c80\n\
         2020-10-07T13:07:09.874Z cpu36:1001599386)0x4538da49aeb0:[0x420017c7c1d2]i40en_UplinkPrivStatsGet@(i40en)#<None>+0x45f stack: 0x0, 0x0, 0x2710\n\
         2020-10-07T13:07:09.888Z cpu36:1001599386)0x4538da49af00:[0x420017d2494c]UplinkDeviceGetStatsAsyncCB@vmkernel#nover+0x2fe stack: 0x0\n\
         2020-10-07T13:07:09.888Z cpu36:1001599386)0x4538da49af00:[0x420017d2494c]UplinkAsyncProcessCallsHelperCB@vmkernel#nover+0x119 stack: 0x0\n\
         2020-10-07T13:07:09.904Z cpu36:1001599386)0x4538da49afd0:[0x42001810f88c]CpuSched_StartWorld@vmkernel#nover+0xf9 stack: 0x0\n\
         2020-10-07T13:07:09.954Z cpu36:1001599386)\u{1b}[45m\u{1b}[33;1mVMware ESXi 7.0.1 [build-16850804 x86_64]\u{1b}[0m\n\
         #PF Exception 14 in world 1001599386:HELPER_UPLIN IP 0x420017c7c1d2 addr 0xe8\n\
         PTEs:0x0;\n\
         2020-10-07T13:07:09.874Z cpu36:1001599386)0x4538da49aeb0:[0x420017c7c1d2]i40en_UplinkPrivStatsGet@(i40en)#<None>+0x45f stack: 0x0\n\
         2020-10-07T13:07:09.888Z cpu36:1001599386)0x4538da49af00:[0x420017d2494c]UplinkDeviceGetStatsAsyncCB@vmkernel#nover+0x2fe stack: 0x0\n",
    ),
];

#[test]
fn one_crash_has_one_fingerprint_in_every_era() {
    for (era, text) in ERAS {
        let r = screen(text);
        assert_eq!(fact(&r, "psod.trace"), "i40en_UplinkPrivStatsGet<UplinkDeviceGetStatsAsyncCB<UplinkAsyncProcessCallsHelperCB", "{era}: {:#?}", r.frames);
        assert_eq!(fact(&r, "psod.function"), "i40en_UplinkPrivStatsGet", "{era}");
        let modules_printed = !matches!(*era, "no modules (ESX 4.0)" | "module lost" | "a debugger");
        assert_eq!(fact(&r, "psod.module"), if modules_printed { "i40en" } else { "not known" }, "{era}");
        let head = *era != "symbols only";
        assert_eq!(fact(&r, "psod.quality"), if head { "complete" } else { "head missing" }, "{era}");
        assert_eq!(r.headless, !head, "{era}");
        if head {
            assert_eq!(fact(&r, "psod.kind"), "PF", "{era}");
        }
    }
    assert_eq!(ERAS.len(), 8);
}

#[test]
fn a_screen_tells_version_build_world_processor_uptime_and_dump() {
    let r = screen(indoc! {"
        VMware ESXi 6.7.0 [Releasebuild-16075168 x86_64]
        #PF Exception 14 in world 2098651:PLOGHelperQu IP 0x418037d0bb65 addr 0x10
        PTEs:0x0;
        Module(s) involved in panic: [lpfc 900.14.4.390.20-36vmw.901.0.24957456 (External)]
        cr0=0x8001003d cr2=0x10 cr3=0x1a00 cr4=0x216c
        *PCPU27:2098651/PLOGHelperQueue
        PCPU  0: SVVSUVVUVVVUVVSVVVUVVVVVSVVVVSVV
        Code start: 0x418037c00000 VMK uptime: 10:13:03:51.890
        0x451aa429be10:[0x418037d0bb65]lpfc_path_claim_handler@(lpfc)#<None>+0x439 stack: 0x451aa42a32c0
        0x451aa429bfd0:[0x418037d0bb65]vmkWorldFunc@vmkernel#nover+0x4f stack: 0x451aa42a32c0
        0x451aa429bfe0:[0x418037f107da]CpuSched_StartWorld@vmkernel#nover+0x77 stack: 0x0
        base fs=0x0 gs=0x418046c00000 Kgs=0x0
    "});
    let all = ["esx.version", "esx.update", "esx.build", "psod.kind", "psod.world", "psod.address", "psod.pcpu", "psod.uptime", "psod.module", "psod.function"];
    let read: Vec<&str> = all.iter().map(|n| fact(&r, n)).collect();
    assert_eq!(read, ["6.7", "0", "16075168", "PF", "PLOGHelperQu", "0x10", "27", "10:13:03:51.890", "lpfc", "lpfc_path_claim_handler"]);
    assert!(fact(&r, "psod.involved").starts_with("lpfc 900.14"), "{:?}", r.facts);
    assert!(!r.headless && !r.tailless && r.missing().is_empty(), "{:?}", r.missing());
    let dumped = screen("@BlueScreen: Lost heartbeat\nCoredump to disk. Slot 1 of 1 on device naa.6:9.\nFinalized dump header (14/14) DiskDump: Successful.\n");
    assert_eq!(fact(&dumped, "psod.dump"), "Successful");
    let failed = screen("@BlueScreen: Lost heartbeat\nNo place on disk to dump data.\n");
    assert_eq!(fact(&failed, "psod.dump"), "No place on disk to dump data");
}

#[test]
fn frames_that_a_page_swallowed_are_counted() {
    let r = screen(indoc! {"
        Panic Details: Crash at 2024-12-28T14:08:15.753Z on CPU 38 running world 2098455 - VSAN_0x431f15bb0040_CMMDSProces. VMK Uptime:95:04:48:47.696
        Panic Message: @BlueScreen: Failed at bora/modules/vmkernel/cmmds/cmmds_audit.c:478 -- NOT REACHED
        Backtrace:
          0x4538e221b890:[0x42000d97bb40]PanicvPanicInt@vmkernel#nover+0x20c stack: 0x42000dea2874, 0x42000d97bb40
          0x4538e221b940:[0x42000d97c33c]Panic_vPanic@vmkernel#nover+0x25 stack: 0x583006400000200
          0x4538e221b960:[0x42000d997c40]vmk_PanicWithModuleID@vmkernel#nover+0x41 stack: 0x4538e221b9c0
          0x4538e221b9c0:[0x42000fb0d9ba][email protected]#0.0.0.1+0x8b stack: 0x0, 0x0
          0x4538e221ba60:[0x42000fb0dbb0][email protected]#0.0.0.1+0x11 stack: 0x431f15bd5390
          0x4538e221ba80:[0x42000fb316b6][email protected]#0.0.0.1+0x23f stack: 0x40c7463d6981f452
    "});
    assert_eq!(r.lost, 3);
    assert_eq!(fact(&r, "psod.quality"), "last frames missing, 3 of 6 frames without a name");
    assert_eq!((fact(&r, "psod.function"), fact(&r, "psod.pcpu"), fact(&r, "psod.uptime")), ("not known", "38", "95:04:48:47.696"));
    assert!(r.missing().iter().any(|m| m == "3 of 6 frames without a name"), "{:?}", r.missing());
}

/// The same oops as kernels of five generations and three architectures print it.
const KERNELS: &[(&str, &str)] = &[
    (
        "2.6.9, 32 bit",
        indoc! {"
            Unable to handle kernel NULL pointer dereference at virtual address 00000028
             printing eip:
            f88c19ce
            *pde = 00000000
            Oops: 0000 [#1]
            SMP
            Modules linked in: mptscsi scsi_mod
            CPU:    0
            EIP:    0060:[<f88c19ce>]    Not tainted VLI
            EFLAGS: 00010246   (2.6.9-5.EL)
            EIP is at tun_get_user+0x5ee/0x608 [tun]
            eax: 00000000   ebx: c0396c80   ecx: c1bb9938   edx: c0396c80
            Process openvpn (pid: 3378, threadinfo=f7c7a000 task=f7f5f2f0)
            Call Trace:
             [<f88c19cf>] tun_chr_write+0x5d/0x90 [tun]
             [<c015a2e1>] vfs_write+0xb6/0xe2
             [<c015a3ae>] sys_write+0x3c/0x62
             [<c02ddb54>] syscall_call+0x7/0xb
        "},
    ),
    (
        "2.6.18, 64 bit, module before the function",
        indoc! {"
            Unable to handle kernel NULL pointer dereference at 0000000000000028 RIP:
             [<ffffffff8809de43>] :tun:tun_get_user+0x12/0x34
            PGD 0
            Oops: 0000 [1] SMP
            Pid: 3378, comm: openvpn Not tainted 2.6.18-128.el5 #1
            Call Trace:
             [<ffffffff8809de44>] :tun:tun_chr_write+0x5d/0x90
             [<ffffffff80016b49>] vfs_write+0xce/0x174
             [<ffffffff80017412>] sys_write+0x45/0x6e
             [<ffffffff8005e116>] system_call+0x7e/0x83
        "},
    ),
    (
        "3.10",
        indoc! {"
            [  102.760626] BUG: unable to handle kernel NULL pointer dereference at 0000000000000028
            [  102.762610] IP: [<ffffffffa0310000>] tun_get_user+0x52d/0x69c [tun]
            [  102.765585] PGD 0
            [  102.767511] Oops: 0000 [#1] SMP
            [  102.768535] CPU: 1 PID: 3378 Comm: openvpn Not tainted 3.10.0-957.el7.x86_64 #1
            [  102.773376] RIP: 0010:[<ffffffffa0310000>]  [<ffffffffa0310000>] tun_get_user+0x52d/0x69c [tun]
            [  102.775376] Call Trace:
            [  102.776376]  [<ffffffffa0310001>] ? netdev_pick_tx+0x1/0x2
            [  102.776376]  [<ffffffffa0310001>] tun_chr_write+0x5d/0x90 [tun]
            [  102.777376]  [<ffffffff811de6ed>] vfs_write+0xbd/0x1e0
            [  102.777376]  [<ffffffff811de6ed>] sys_write+0xbd/0x1e0
            [  102.778376]  [<ffffffff8176c4f5>] system_call_fastpath+0x1c/0x21
            [  102.779376] RIP  [<ffffffffa0310000>] tun_get_user+0x52d/0x69c [tun]
        "},
    ),
    (
        "6.1, through syslog",
        indoc! {"
            Apr 15 13:58:08 host kernel: BUG: kernel NULL pointer dereference, address: 0000000000000028
            Apr 15 13:58:08 host kernel: #PF: supervisor read access in kernel mode
            Apr 15 13:58:08 host kernel: Oops: 0000 [#1] PREEMPT SMP PTI
            Apr 15 13:58:08 host kernel: CPU: 1 PID: 3378 Comm: openvpn Not tainted 6.1.0-17-amd64 #1  Debian 6.1.69-1
            Apr 15 13:58:08 host kernel: RIP: 0010:tun_get_user.isra.0+0x52d/0x69c [tun]
            Apr 15 13:58:08 host kernel: Call Trace:
            Apr 15 13:58:08 host kernel:  <TASK>
            Apr 15 13:58:08 host kernel:  ? __die_body.cold+0x1a/0x1f
            Apr 15 13:58:08 host kernel:  ? page_fault_oops+0xd2/0x2b0
            Apr 15 13:58:08 host kernel:  ? exc_page_fault+0x70/0x170
            Apr 15 13:58:08 host kernel:  ? asm_exc_page_fault+0x22/0x30
            Apr 15 13:58:08 host kernel:  tun_chr_write+0x5d/0x90 [tun]
            Apr 15 13:58:08 host kernel:  vfs_write+0x210/0x3b0
            Apr 15 13:58:08 host kernel:  sys_write+0x6b/0xf0
            Apr 15 13:58:08 host kernel:  do_syscall_64+0x5b/0xc0
            Apr 15 13:58:08 host kernel:  entry_SYSCALL_64_after_hwframe+0x64/0xce
        "},
    ),
    (
        "arm64",
        indoc! {"
            [   89.1] Unable to handle kernel NULL pointer dereference at virtual address 0000000000000028
            [   89.1] Mem abort info:
            [   89.1]   ESR = 0x96000004
            [   89.1]   EC = 0x25: DABT (current EL), IL = 32 bits
            [   89.1]   SET = 0, FnV = 0
            [   89.1]   EA = 0, S1PTW = 0
            [   89.1] Data abort info:
            [   89.1]   ISV = 0, ISS = 0x00000004
            [   89.1]   CM = 0, WnR = 0
            [   89.1] Internal error: Oops: 96000004 [#1] PREEMPT SMP
            [   89.1] CPU: 1 PID: 3378 Comm: openvpn Not tainted 5.15.0 #78
            [   89.1] pstate: 40000005 (nZcv daif -PAN -UAO -TCO -DIT -SSBS BTYPE=--)
            [   89.1] pc : tun_get_user+0x138/0x35c [tun]
            [   89.1] lr : alloc_skb+0x88/0x35c
            [   89.1] sp : ffff80001000b900
            [   89.1] x29: ffff80001000b9b0 x28: ffff00001d300980 x27: ffffa7b244117630
            [   89.1] x26: 0001000000000000 x25: fffffc0000000000 x24: 0000000000000001
            [   89.1] x23: ffff48cb43830000 x22: 00000000000000cc x21: 00000000000001dc
            [   89.1] x20: 0000000000001000 x19: fffffd232d0ccec0 x18: 0000000000000000
            [   89.1] Call trace:
            [   89.1]  tun_get_user+0x138/0x35c [tun]
            [   89.1]  tun_chr_write+0x5d/0x90 [tun]
            [   89.1]  vfs_write+0x210/0x3b0
            [   89.1]  sys_write+0x6b/0xf0
            [   89.1]  el0_svc+0x2c/0x54
        "},
    ),
];

#[test]
fn one_oops_has_one_fingerprint_in_every_generation() {
    for (kernel, text) in KERNELS {
        let r = oops(text);
        assert_eq!((fact(&r, "oops.function"), fact(&r, "oops.module")), ("tun_get_user", "tun"), "{kernel}: {:#?}", r.frames);
        assert_eq!(fact(&r, "oops.trace"), "tun_get_user<tun_chr_write<vfs_write<sys_write", "{kernel}: {:#?}", r.frames);
        assert_eq!(fact(&r, "oops.process"), "openvpn", "{kernel}");
        assert!(fact(&r, "oops.kind").to_lowercase().contains("null pointer dereference"), "{kernel}: {}", fact(&r, "oops.kind"));
        assert_eq!(fact(&r, "oops.quality"), "complete", "{kernel}: {:#?}", r.frames);
    }
    assert_eq!(KERNELS.len(), 5);
}

#[test]
fn a_crash_that_no_entry_knows_still_gets_a_useful_answer() {
    let text = ERAS[2].1.replace("i40en", "frobdrv");
    let ran = faultbook(&["lookup", "--format", "json"], &text);
    let answer = ran.json();
    let finding = &answer["findings"][0];
    assert_eq!(finding["signature"], "esxi-exception", "{}", ran.out);
    assert_eq!(finding["facts"]["psod.module"]["value"], "frobdrv");
    assert_eq!(finding["facts"]["psod.trace"]["value"].as_str().map(|t| t.split('<').count()), Some(3));
    let exception = answer["decoded"].as_array().unwrap().iter().find(|d| d["parts"]["mnemonic"] == "PF").expect("the exception is decoded");
    assert!(exception["meaning"].as_str().unwrap().contains("null pointer"), "{exception}");
    let shown = faultbook(&["lookup"], &text).out;
    for word in ["frobdrv", "Plan until a cause is established", "end of the dump"] {
        assert!(shown.contains(word), "`{word}` is missing in\n{shown}");
    }
}

#[test]
fn a_record_is_bounded_whatever_is_pasted() {
    let one = "0x4100:[0x4180]Func@vmkernel#nover+0x1 stack: 0x0 ";
    let r = screen(&(one.repeat(20_000)));
    assert!(r.frames.len() <= 1_024, "{}", r.frames.len());
    let r = screen(&format!("@BlueScreen: x\n{}", "0x41:[0x41]F@vmkernel#nover+0x1 stack: 0x0\n".repeat(5_000)));
    assert!(r.lines.len() <= 300, "{}", r.lines.len());
    screen("@BlueScreen: \u{0}\u{ff}\u{202e}\n[0x]@#+0x\n");
    oops("BUG: unable to handle page fault for address: \n RIP: 0010:+0x/0x [\n");
}
