"""docs/import.md, "Public data, one line each": each command reads a small file in that layout, and the log
it would make is what the rows say."""

from __future__ import annotations

import json
import os
import re
import shlex
import subprocess
from pathlib import Path
from typing import Any, Dict, List, Tuple

import pytest

ROOT = Path(__file__).resolve().parents[2]
CLI = os.environ.get("EMBEDENGINE_CLI", "")

# Of each file its text and the events as the log must have them: user or session, action, item, time in
# seconds (None: without times).
FILES: Dict[str, Tuple[str, List[Tuple[str, str, str, Any]]]] = {
    "ratings.csv": (
        "userId,movieId,rating,timestamp\n1,31,2.5,1260759144\n1,1029,4.0,1260759179\n"
        "1,1061,5.0,1260759182\n",
        [("1", "clicks", "1029", 1260759179), ("1", "clicks", "1061", 1260759182)]),
    "ratings.dat": (
        "1::1193::5::978300760\n1::661::3::978302109\n1::914::4::978301968\n",
        [("1", "clicks", "1193", 978300760), ("1", "clicks", "914", 978301968)]),
    "reviews.jsonl": (
        '{"rating": 5.0, "title": "Such a lovely scent", "text": "a, b", "images": [{"u": 1}], '
        '"asin": "B00YQ6X8EO", '
        '"parent_asin": "B00P", "user_id": "AGKH", "timestamp": 1588687728923, "helpful_vote": 0, '
        '"verified_purchase": true}\n'
        '{"rating": 2.0, "title": "no", "text": "", "images": [], "asin": "B1", "parent_asin": "B1", '
        '"user_id": "AGKH", "timestamp": 1588687729923, "helpful_vote": 0, "verified_purchase": true}\n'
        '{"rating": 4.0, "title": "ok", "text": "", "images": [], "asin": "B2", "parent_asin": "B2", '
        '"user_id": "AGKH", "timestamp": 1588687730923, "helpful_vote": 0, "verified_purchase": true}\n',
        [("AGKH", "clicks", "B00P", 1588687728.923), ("AGKH", "clicks", "B2", 1588687730.923)]),
    "transactions_train.csv": (
        "t_dat,customer_id,article_id,price,sales_channel_id\n"
        "2018-09-20,000058a12d,0663713001,0.050830508474576264,2\n"
        "2018-09-20,000058a12d,0541518023,0.030491525423728813,2\n",
        [("000058a12d", "clicks", "0663713001", 1537401600),
         ("000058a12d", "clicks", "0541518023", 1537401600)]),
    "events.csv": (
        "timestamp,visitorid,event,itemid,transactionid\n1433221332117,257597,view,355908,\n"
        "1433221999827,257597,addtocart,355908,\n1433222276276,257597,transaction,355908,4000\n",
        [("257597", "clicks", "355908", 1433221332.117), ("257597", "carts", "355908", 1433221999.827),
         ("257597", "orders", "355908", 1433222276.276)]),
    "order_products.csv": (
        "order_id,product_id,add_to_cart_order,reordered\n2,33120,2,1\n2,28985,1,1\n2,9327,3,0\n",
        [("2", "clicks", "28985", None), ("2", "clicks", "33120", None), ("2", "clicks", "9327", None)]),
    "2019-Oct.csv": (
        "event_time,event_type,product_id,category_id,category_code,brand,price,user_id,user_session\n"
        "2019-10-01 00:00:00 UTC,view,44600062,2103807459595387724,,shiseido,35.79,541312140,72d76fde\n"
        "2019-10-01 00:01:00 UTC,cart,3900821,2053013552326770905,appliances.water,aqua,33.20,541312140,"
        "72d76fde\n",
        [("72d76fde", "clicks", "44600062", 1569888000), ("72d76fde", "carts", "3900821", 1569888060)]),
    "plays.tsv": (
        "user_000001\t2009-05-04T23:08:57Z\tf1b1\tDeep Dish\tt-1\tIbiza 2009\n"
        "user_000001\t2009-05-04T13:54:10Z\ta7f7\t坂本龍一\tt-2\tComposition 0919 (Live_2009_4_15)\n",
        [("user_000001", "clicks", "t-2", 1241445250), ("user_000001", "clicks", "t-1", 1241478537)]),
    "train-item-views.csv": (
        "sessionId;userId;itemId;timeframe;eventdate\n1;NA;81766;526309;2016-05-09\n"
        "1;NA;31331;1031018;2016-05-09\n1;NA;32118;243569;2016-05-09\n",
        [("1", "clicks", "32118", 1462752000), ("1", "clicks", "81766", 1462752000),
         ("1", "clicks", "31331", 1462752000)]),
    "user_log.csv": (
        "user_id,item_id,cat_id,seller_id,brand_id,time_stamp,action_type\n"
        "328862,323294,833,2882,2661,0829,0\n328862,844400,1271,2882,2661,0828,2\n",
        [("328862", "2", "844400", None), ("328862", "0", "323294", None)]),
    "feedback.jsonl": (
        '{"FeedbackType":"read","UserId":"1","ItemId":"10","Timestamp":"2022-11-20T13:55:27Z"}\n'
        '{"FeedbackType":"like","UserId":"1","ItemId":"12","Timestamp":"2022-11-20T13:56:27Z"}\n',
        [("1", "read", "10", 1668952527), ("1", "like", "12", 1668952587)]),
    "online_retail.csv": (
        "InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country\n"
        "536365,85123A,WHITE \xa3 HOLDER,6,12/1/2010 8:26,2.55,17850,United Kingdom\n"
        "536365,71053,WHITE METAL LANTERN,6,12/1/2010 8:27,3.39,17850,United Kingdom\n",
        [("536365", "clicks", "85123A", 1291191960), ("536365", "clicks", "71053", 1291192020)]),
    "train.jsonl": (
        '{"session":0,"events":[{"aid":1517085,"ts":1659304800025,"type":"clicks"},'
        '{"aid":1563459,"ts":1659304904511,"type":"carts"}]}\n',
        [("0", "clicks", "1517085", 1659304800.025), ("0", "carts", "1563459", 1659304904.511)]),
}


def lines() -> List[Tuple[str, str]]:
    text = (ROOT / "docs" / "import.md").read_text(encoding="utf-8")
    table = text[text.index("## Public data, one line each"):]
    return re.findall(r"^\| [^|]+ \| `([^`]+)` \| `([^`]+)` \|$", table, re.MULTILINE)


def test_every_layout_has_a_line() -> None:
    assert sorted(file for file, _ in lines()) == sorted(FILES)


@pytest.mark.parametrize("file, command", lines())
def test_layout(tmp_path: Path, file: str, command: str) -> None:
    text, expected = FILES[file]
    (tmp_path / file).write_text(text, encoding="latin-1" if "latin1" in command else "utf-8")
    words = shlex.split(command)
    assert words[:2] == ["embedengine", "import"]
    found = subprocess.run(
        [CLI, *words[1:], "--dry-run", "--json"], cwd=tmp_path, capture_output=True, text=True)
    assert found.returncode == 0, found.stderr
    report = json.loads(found.stdout)
    rows = [(r["session"], r["action"], r["item"], None if r["time_ms"] is None else r["time_ms"] / 1000)
            for r in report["rows"]]
    assert (report["rejected"], rows) == (0, expected)
    assert not (tmp_path / "S").exists()
    # And the import itself takes the same.
    done = subprocess.run([CLI, *words[1:], "--json"], cwd=tmp_path, capture_output=True, text=True)
    assert json.loads(done.stdout)["events"] == len(expected)
