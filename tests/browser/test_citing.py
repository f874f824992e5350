"""Quoting and citing with a browser."""

from playwright.sync_api import expect


def test_a_citation_is_copied_and_the_button_says_so(new_page):
    page = new_page(permissions=["clipboard-read", "clipboard-write"])
    page.goto("/en/measures/?centre=finance")
    page.locator(".cite summary").click()
    button = page.locator("button[data-copy=cite-apa]")
    button.click()
    expect(button).to_have_text("Copied")
    assert page.evaluate("navigator.clipboard.readText()") == page.locator("#cite-apa").inner_text()
    expect(button).to_have_text("Copy")


def test_a_list_that_was_narrowed_in_place_can_be_copied(new_page):
    page = new_page(
        permissions=["clipboard-read", "clipboard-write"], viewport={"width": 1280, "height": 900}
    )
    page.goto("/en/measures/")
    page.locator("input[name=centre][value=finance]").check()
    expect(page.locator("#cite-address")).to_contain_text("centre=finance")
    page.locator("button[data-copy=cite-address]").click()
    assert "centre=finance" in page.evaluate("navigator.clipboard.readText()")


def test_without_scripts_there_is_no_button(new_page):
    page = new_page(java_script_enabled=False)
    page.goto("/en/measures/2020-05/")
    assert page.locator("button[data-copy]").count() > 0
    expect(page.locator("button[data-copy=cite-address]")).to_be_hidden()
