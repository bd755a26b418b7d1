"""The client's tests with pytest and its fixture: python3 -m pytest examples/python/client_test"""

import pytest

from fleet import fill
from imi_client import ImiClient, ImiError


@pytest.fixture
def client(itg_server):
    client = ImiClient(itg_server.url, itg_server.user, itg_server.password, cafile=itg_server.ca_file)
    yield client
    client.close()


def test_moving_files_a_thin_client(client, itg_server):
    number, name = client.thinclients()[0]
    assert name == "reception"
    client.move(number, client.directory("Augsburg"))
    with itg_server.fleet() as fleet:  # the same fleet, without the client in between
        assert fleet.thinclients[number].parent.path == "Augsburg"


def test_each_test_has_a_fleet_of_its_own(client):
    with pytest.raises(ImiError) as caught:
        client.move(99, client.directory("Bremen"))
    assert caught.value.message == "does_not_exist"
    assert len(client.request("GET", "/directories/tcdirectories")) == 1


def test_moving_on_to_another_server(itg_start):
    old, new = itg_start(fill), itg_start()
    with old.fleet() as source, new.fleet() as target:
        source.export_file(old.db + ".json")
        target.import_file(old.db + ".json")
    client = ImiClient(new.url, new.user, new.password, cafile=new.ca_file)
    assert [name for _, name in client.thinclients()] == ["reception", "workshop"]
    client.close()


def test_wrong_passwords_are_refused(itg_server):
    with pytest.raises(ImiError) as caught:
        ImiClient(itg_server.url, itg_server.user, "wrong", cafile=itg_server.ca_file)
    assert (caught.value.status, caught.value.code) == (401, "ITG-0B002")
