"""Reads every endpoint by a generated client, with the defaults that its functions have, and prints what it got as JSON.

Run by `test_clients.py` in an environment that has the client and nothing of the site: `python read_everything.py ORIGIN`.
"""

import importlib
import json
import pkgutil
import sys

from futian_reform_database_client import Client, api, models

KEYS = {"changes": "id", "measures": "code"}
client = Client(base_url=sys.argv[1], raise_on_unexpected_status=True)
found = {}
for tag in pkgutil.iter_modules(api.__path__):
    many, one = (
        importlib.import_module(f"{api.__name__}.{tag.name}.{tag.name}_{action}")
        for action in ("list", "retrieve")
    )
    page = many.sync(client=client)
    key = str(getattr(page.results[0], KEYS.get(tag.name, "slug")))
    found[tag.name] = {
        "count": page.count,
        "results": [record.to_dict() for record in page.results],
        "one": one.sync(key, client=client).to_dict(),
        "missing": one.sync("9999-99" if tag.name != "changes" else "999999999", client=client).to_dict(),
    }
measures = importlib.import_module(f"{api.__name__}.measures.measures_list")
narrowed = measures.sync(
    client=client,
    basis=[models.MeasuresListBasisItem.NAMED],
    centre=[models.MeasuresListCentreItem.TECHNOLOGY, models.MeasuresListCentreItem.FINANCE],
    sort=models.MeasuresListSort.TITLE,
    q="金融",
)
refused = measures.sync(client=client, page=9, q="x" * 300)
found["narrowed"] = {"codes": [measure.code for measure in narrowed.results], "refused": refused.to_dict()}
client.get_httpx_client().close()
json.dump(found, sys.stdout, ensure_ascii=False)
