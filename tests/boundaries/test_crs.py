"""Coordinate systems: what is recognised, questioned, refused, and exact conversion both ways."""

from __future__ import annotations

import math

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from boundaries import gauss_kruger
from boundaries.crs import CrsError, esri_wkt, from_4490, read_bounds, to_4490, understand_crs

VILLAGE = shapely.box(103.82, 30.41, 103.83, 30.42)
XINJIN = (103.70, 30.32, 103.93, 30.56)
DEGREES = (103.82, 30.41, 103.83, 30.42)

BEIJING_54 = (
    'PROJCS["Beijing_1954_3_Degree_GK_CM_105E",GEOGCS["GCS_Beijing_1954",DATUM["D_Beijing_1954",'
    'SPHEROID["Krasovsky_1940",6378245.0,298.3]],PRIMEM["Greenwich",0.0],UNIT["Degree",0.0174532925199433]],'
    'PROJECTION["Gauss_Kruger"],PARAMETER["False_Easting",500000.0],PARAMETER["False_Northing",0.0],'
    'PARAMETER["Central_Meridian",105.0],PARAMETER["Scale_Factor",1.0],PARAMETER["Latitude_Of_Origin",0.0],'
    'UNIT["Meter",1.0]]'
)


def layer(epsg: int) -> np.ndarray:
    """The village in a projected system, as it would stand in a file."""
    return from_4490(np.array([VILLAGE], dtype=object), epsg)


def codes(guess) -> list[str]:
    return [note.code for note in guess.notes]


def test_conversion_when_p301_then_x_is_easting_and_longitude():
    point = from_4490(np.array([shapely.Point(103.82, 30.41)], dtype=object), 4544)[0]
    back = to_4490(np.array([point], dtype=object), 4544)[0]

    assert (round(point.x, 3), round(point.y, 3)) == (386613.176, 3366155.390)
    assert (back.x, back.y) == pytest.approx((103.82, 30.41), abs=1e-11)


def test_understand_crs_when_prefix_under_meridian_prj_then_p302_zone_35_is_proposed():
    geoms = layer(4523)

    guess = understand_crs(esri_wkt(4544), read_bounds(geoms), file="xzq.shp")

    assert (guess.epsg, guess.source, guess.needs_confirmation) == (4523, "values", True)
    assert codes(guess) == ["crs_prj_mismatch", "crs_from_values"]
    assert read_bounds(to_4490(geoms, 4523)) == pytest.approx(DEGREES, abs=1e-9)
    assert guess.box == pytest.approx(DEGREES, abs=2e-4)


def test_understand_crs_when_six_digits_under_zone_prj_then_p303_meridian_105_is_proposed():
    geoms = layer(4544)

    guess = understand_crs(esri_wkt(4523), read_bounds(geoms))

    assert (guess.epsg, guess.needs_confirmation) == (4544, True)
    assert read_bounds(to_4490(geoms, guess.epsg)) == pytest.approx(DEGREES, abs=1e-9)


@pytest.mark.parametrize("epsg", [4490, *gauss_kruger.ZONE_EPSG, *gauss_kruger.MERIDIAN_EPSG])
def test_understand_crs_when_prj_in_esri_wording_then_the_code_is_found(epsg: int):
    place = shapely.Point(float(gauss_kruger.zone_of(epsg) * 3 if epsg != 4490 else 104), 30.4)
    geoms = from_4490(np.array([place], dtype=object), epsg)

    guess = understand_crs(esri_wkt(epsg), read_bounds(geoms))

    assert (guess.epsg, guess.source, guess.needs_confirmation, guess.notes) == (epsg, "prj", False, ())


@pytest.mark.parametrize("epsg", [3824, 4326, 4258])
def test_understand_crs_when_neighbouring_geographic_then_a_person_must_say_treat_as_4490(epsg: int):
    guess = understand_crs(esri_wkt(epsg), DEGREES)
    agreed = understand_crs(esri_wkt(epsg), DEGREES, declared=4490)

    assert (guess.epsg, guess.needs_confirmation, codes(guess)) == (epsg, True, ["crs_treat_as_4490"])
    assert (agreed.epsg, agreed.needs_confirmation, codes(agreed)) == (4490, False, ["crs_prj_overruled"])
    geoms = np.array([VILLAGE], dtype=object)
    assert to_4490(geoms, epsg) is geoms


def test_understand_crs_when_no_prj_and_degrees_then_4490_is_proposed():
    guess = understand_crs(None, DEGREES)

    assert (guess.epsg, guess.needs_confirmation) == (4490, True)
    assert codes(guess) == ["prj_missing", "crs_from_values"]
    assert not understand_crs(None, DEGREES, declared=4490).needs_confirmation


def test_understand_crs_when_no_prj_and_prefix_then_p111_zone_35_is_proposed():
    guess = understand_crs(None, read_bounds(layer(4523)))

    assert (guess.epsg, guess.needs_confirmation) == (4523, True)


def test_understand_crs_when_no_prj_and_six_digits_then_the_meridian_is_asked_for():
    guess = understand_crs(None, read_bounds(layer(4544)))

    assert (guess.epsg, guess.needs_confirmation) == (None, True)
    assert guess.candidates == tuple(range(4534, 4555))


def test_understand_crs_when_no_prj_and_district_known_then_its_meridian_is_proposed():
    guess = understand_crs(None, read_bounds(layer(4544)), district_bounds=XINJIN)

    assert (guess.epsg, guess.needs_confirmation, guess.candidates) == (4544, True, (4544,))


@pytest.mark.parametrize("epsg", [4490, 4523])
def test_understand_crs_when_axes_are_swapped_then_exchange_is_proposed(epsg: int):
    geoms = shapely.transform(layer(epsg), lambda xy: xy[:, ::-1])

    guess = understand_crs(None, read_bounds(geoms))

    assert (guess.epsg, guess.swapped, guess.needs_confirmation) == (epsg, True, True)
    assert "crs_axes_swapped" in codes(guess)
    assert read_bounds(to_4490(geoms, epsg, swapped=True)) == pytest.approx(DEGREES, abs=1e-9)


def test_understand_crs_when_extent_misses_the_district_then_it_is_said():
    guess = understand_crs(esri_wkt(4490), (120.6, 23.4, 121.3, 24.2), district_bounds=XINJIN)

    assert guess.needs_confirmation
    assert codes(guess) == ["crs_outside_district"]


def test_understand_crs_when_prj_is_garbage_then_the_values_decide():
    guess = understand_crs("not a coordinate system", DEGREES)

    assert (guess.epsg, guess.needs_confirmation) == (4490, True)
    assert codes(guess)[0] == "prj_unreadable"


@pytest.mark.parametrize(
    ("prj", "bounds", "code", "said"),
    [
        (BEIJING_54, (386613.2, 3366145.4, 387585.6, 3367264.1), "crs_unsupported", "Beijing 1954"),
        (
            esri_wkt(3857),
            (11557000.0, 3558000.0, 11558000.0, 3559000.0),
            "crs_unsupported",
            "Pseudo-Mercator",
        ),
        (esri_wkt(4544), (18386613.2, 3366145.4, 18387585.6, 3367264.1), "crs_unsupported", "18"),
        (esri_wkt(4326), (-74.1, 40.5, -74.0, 40.6), "crs_values_unknown", "-74.1"),
        (None, (35990000.0, 3366145.4, 36010000.0, 3367264.1), "crs_values_unknown", "3.599e+07"),
    ],
)
def test_understand_crs_when_not_accepted_then_the_file_and_the_expectation_are_named(
    prj, bounds, code, said
):
    with pytest.raises(CrsError) as caught:
        understand_crs(prj, bounds, file="村界.shp")

    error = caught.value
    assert error.code == code
    for sentence in (error.zh, error.en):
        assert "村界.shp" in sentence
        assert said in sentence
        assert "EPSG:4490" in sentence


@pytest.mark.parametrize(("declared", "proposed"), [(4544, 4523), (4490, 4523), (4522, 4523)])
def test_understand_crs_when_choice_contradicts_the_values_then_the_right_one_is_named(declared, proposed):
    with pytest.raises(CrsError) as caught:
        understand_crs(None, read_bounds(layer(4523)), declared=declared, file="xzq.shp")

    assert caught.value.code == "crs_declared_unfit"
    assert caught.value.fields["proposed"] == proposed


def test_to_4490_when_a_coordinate_cannot_be_converted_then_refused_with_its_row():
    geoms = np.array([None, shapely.Point(35386613.2, 3366155.4)], dtype=object)

    with pytest.raises(CrsError) as caught:
        to_4490(geoms, 4544)

    assert caught.value.code == "crs_not_finite"
    assert caught.value.fields["row"] == 2


def test_to_4490_when_the_code_is_not_accepted_then_refused():
    with pytest.raises(CrsError, match="EPSG:2432"):
        to_4490(np.array([VILLAGE], dtype=object), 2432)


def test_from_4490_when_geometry_is_none_then_it_stays_none():
    assert from_4490(np.array([None, VILLAGE], dtype=object), 4544)[0] is None


@settings(max_examples=60, deadline=None)
@given(
    zone=st.sampled_from([34, 35, 36]),
    prefixed=st.booleans(),
    easting=st.floats(300_000, 700_000),
    northing=st.floats(2_000_000, 5_900_000),
)
def test_gauss_kruger_when_read_snapped_and_written_then_within_a_millimetre(
    zone, prefixed, easting, northing
):
    epsg = gauss_kruger.epsg_of_zone(zone) if prefixed else gauss_kruger.epsg_of_meridian(zone * 3)
    x = easting + (zone * 1_000_000 if prefixed else 0)
    geoms = np.array([shapely.Point(x, northing)], dtype=object)

    degrees = shapely.get_coordinates(to_4490(geoms, epsg))
    snapped = shapely.points(np.rint(degrees * 1e9) / 1e9)
    back = from_4490(snapped, epsg)[0]

    assert math.hypot(back.x - x, back.y - northing) < 0.001
