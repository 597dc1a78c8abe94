"""What messages show wherever they stand: arrows that are no rung of a ladder get their requirements here."""

from collections.abc import Mapping

from mediasec.nodes.observation import Medium

SHOWS: Mapping[tuple[Medium, str], tuple[str, ...]] = {
    (Medium.KMS, "REQUEST_INIT_PSK"): ("PROC_120", "PROC_126", "KMS_001", "KMS_002"),
    (Medium.KMS, "REQUEST_RESP"): ("PROC_155", "PROC_157", "KMS_002"),
    (Medium.KMS, "RESOLVE_INIT_PSK"): ("PROC_120", "PROC_149", "KMS_001", "KMS_002"),
    (Medium.KMS, "RESOLVE_RESP"): ("PROC_155", "PROC_159", "PROC_160", "KMS_002"),
    (Medium.KMS, "ERROR"): ("PROC_155", "PROC_103"),
    (Medium.SIGNALLING, "SDP offer"): ("SDP_008", "SDP_011", "PROC_003", "PROC_130"),
    (Medium.SIGNALLING, "SDP answer"): ("SDP_012", "PROC_014", "PROC_133"),
    (Medium.SIGNALLING, "488 Not Acceptable Here"): ("SDP_018", "PROC_002", "PROC_007", "NODE_004"),
    (Medium.SIGNALLING, "503 Service Unavailable"): ("MPP_014",),
    (Medium.MP, "Reserve IMS Resources"): ("MPP_001", "MPP_002", "MPP_017"),
    (Medium.MP, "Configure IMS Resources"): ("MPP_002", "MPP_003", "MPP_011", "MPP_016"),
    (Medium.MP, "Reserve and Configure IMS Resources"): ("MPP_002", "MPP_003", "MPP_011", "MPP_016"),
    (Medium.MP, "Configure Conference For Floor Control"): ("MPP_005",),
    (Medium.MP, "Configure BFCP Termination"): ("MPP_003", "MPP_005", "MPP_006", "MPP_016"),
    (Medium.MP, "Release IMS Termination"): ("MPP_013",),
    (Medium.MP, "Reply"): ("MPP_010",),
    (Medium.MP, "Refusal"): ("MPP_004",),
    (Medium.MP, "TCP connection establishment Failure"): ("MPP_006", "MPP_007", "TLS_030"),
    (Medium.MP, "TLS session establishment Failure"): ("MPP_006", "MPP_008", "TLS_029"),
    (Medium.TCP, "connection established"): ("MPP_009", "SDP_039"),
    (Medium.TCP, "connection failed"): ("TLS_030",),
    (Medium.TLS, "handshake started"): ("MPP_009", "TLS_028"),
    (Medium.TLS, "session established"): ("PROC_015", "TLS_001"),
    (Medium.TLS, "handshake failed: wrong key"): ("TLS_027", "TLS_029"),
    (Medium.MSRP, "SEND"): ("MSRP_011", "MSRP_025", "MSRP_089"),
    (Medium.MSRP, "200"): ("MSRP_034", "MSRP_055"),
    (Medium.MSRP, "REPORT"): ("MSRP_030", "MSRP_072", "MSRP_090"),
    (Medium.BFCP, "FloorRequest"): ("BFCP_019", "BFCP_034", "BFCP_035"),
    (Medium.BFCP, "FloorRequestStatus"): ("BFCP_021", "BFCP_056", "BFCP_059"),
    (Medium.BFCP, "FloorRelease"): ("BFCP_020", "BFCP_045", "BFCP_063"),
    (Medium.BFCP, "Hello"): ("BFCP_026", "BFCP_067"),
    (Medium.BFCP, "HelloAck"): ("BFCP_024", "BFCP_067"),
}
"""IDs of the requirements that a message shows, by what carries it and its name."""
