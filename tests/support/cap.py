"""CAP messages and feeds of a few words, as one sender or another would write them."""

from __future__ import annotations

from support.servers import Said

SENT = "2026-11-22T20:00:00+08:00"
SENDER = "qxt@lanqiao.example"


def cap_xml(
    identifier: str = "lq-1",
    *,
    sender: str = SENDER,
    type: str = "Alert",
    references: str = "",
    headline: str = "暴雨橙色预警",
    areas: str = "<area><areaDesc>蓝桥镇</areaDesc></area>",
    name: str = "蓝桥县气象台",
    sent: str = SENT,
) -> bytes:
    """One message; `references` are its triples, `areas` its areas as they stand in XML."""
    return (
        '<alert xmlns="urn:oasis:names:tc:emergency:cap:1.2">'
        f"<identifier>{identifier}</identifier><sender>{sender}</sender><sent>{sent}</sent>"
        f"<status>Actual</status><msgType>{type}</msgType><scope>Public</scope>"
        f"<references>{references}</references>"
        "<info><language>zh-CN</language><category>Met</category><event>暴雨</event>"
        "<urgency>Immediate</urgency><severity>Severe</severity><certainty>Likely</certainty>"
        f"<expires>2026-11-23T02:00:00+08:00</expires><senderName>{name}</senderName>"
        f"<headline>{headline}</headline>{areas}</info></alert>"
    ).encode()


def triple(identifier: str = "lq-1", sender: str = SENDER) -> str:
    """How another message refers to it."""
    return f"{sender},{identifier},{SENT}"


def said_xml(body: bytes, **headers: str) -> Said:
    """A document as a server gives it."""
    return Said(body, headers={"Content-Type": "application/xml", **headers})


def feed_of(*links: str) -> Said:
    """An RSS feed of such links, the newest first."""
    items = "".join(f"<item><title>{n}</title><link>{n}</link></item>" for n in links)
    return said_xml(f'<rss version="2.0"><channel>{items}</channel></rss>'.encode())
