"""What a page of `fool report` does in a browser: report_page.py PAGE CLASSES RUNS EVOLVED [SCREENSHOTS_FOLDER].

EVOLVED of the RUNS are fool evolve's, which have a history, ancestors and genomes. Prints a line for every expectation that fails, and ends with 1 then.
"""
import os
import sys

from browser import Browser

page = sys.argv[1]
classes, runs, evolved = (int(number) for number in sys.argv[2:5])
shots = sys.argv[5] if len(sys.argv) > 5 else None
failures = []


def expect(what, found, expected):
    if found != expected:
        failures.append(f"{what}: expected {expected!r}, found {found!r}")


def contrast(browser, selector):
    """Of an element's text to the paper: at least 4.5 is readable (WCAG AA)."""
    return browser.run("""(() => {
      const numbers = (colour) => colour.match(/[\\d.]+/g).slice(0, 3).map(Number);
      const light = (colour) => {
        const [r, g, b] = numbers(colour).map((v) => v / 255).map((v) => v <= .04045 ? v / 12.92 : ((v + .055) / 1.055) ** 2.4);
        return .2126 * r + .7152 * g + .0722 * b;
      };
      const a = light(getComputedStyle(document.querySelector('%s')).color);
      const b = light(getComputedStyle(document.body).backgroundColor);
      return (Math.max(a, b) + .05) / (Math.min(a, b) + .05);
    })()""" % selector)


def cards(browser):
    return browser.run("document.querySelectorAll('.card').length")


def check(browser, dark):
    browser.open(page)
    expect("cards at first", cards(browser) >= min(classes, 120), True)  # more come while one scrolls
    browser.wait("document.querySelectorAll('.card img').length > 0")
    expect("images with an alt text", browser.run(
        "[...document.querySelectorAll('img')].every((image) => image.alt.length > 10)"), True)
    expect("images that are whole", browser.run(
        "Promise.all([...document.querySelectorAll('img')].map((image) => image.decode().then(() => true, () => false)))"
        ".then((all) => all.every((one) => one))"), True)
    expect("charts", browser.run("document.querySelectorAll('#charts svg').length"), 3 if evolved else 1)
    for selector in (".lead", ".confidence", "h1", ".caption .name"):
        ratio = contrast(browser, selector)
        expect(f"contrast of {selector} ({'dark' if dark else 'light'}) is at least 4.5, {ratio:.1f}", ratio >= 4.5, True)
    wide = browser.run("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    expect("pixels beyond the right edge", wide, 0)

    # Search: "/" and a number leave one class; nothing leaves none; an empty text, all.
    wanted = min(7, classes - 1)
    browser.key("/", 191, "/")
    expect("focus after /", browser.run("document.activeElement.id"), "find")
    browser.write(str(wanted))
    expect("cards that are found by number",
           browser.run(f"[...document.querySelectorAll('.card')].some((card) => card.dataset.class === '{wanted}')"), True)
    count = browser.run("document.getElementById('count').textContent")
    expect("what is said of the number found", count.endswith(f"of {classes:,} classes"), True)
    browser.write("zzzz")
    expect("cards for nonsense", cards(browser), 0)
    browser.run("find = document.getElementById('find'), find.value = '', find.dispatchEvent(new Event('input'))")
    expect("cards again", cards(browser) >= min(classes, 120), True)

    if runs > 1:
        box = "document.querySelector('.runs input')"
        browser.run(f"{box}.click()")
        expect("images of a run that is switched off", browser.run(
            "[...document.querySelectorAll('.of-0')].filter((one) => one.offsetWidth > 0).length"), 0)
        browser.run(f"{box}.click()")

    # Order: the surest first.
    browser.run("order = document.getElementById('order'), order.value = 'best', order.dispatchEvent(new Event('change'))")
    expect("confidences in falling order", browser.run("""(() => {
      const best = [...document.querySelectorAll('.card')].map((card) => Number(card.dataset.class))
        .map((k) => Math.max(...data.runs.map((run, r) => data.cell(r, k)?.confidence ?? -1)));
      return best.every((p, i) => i === 0 || p <= best[i - 1]);
    })()"""), True)
    browser.run("order.value = 'class', order.dispatchEvent(new Event('change'))")

    # The keyboard: Tab gets to the gallery once, arrows move in it, Enter opens, arrows turn pages, Escape closes.
    expect("cards that Tab reaches", browser.run("document.querySelectorAll('.card[tabindex=\"0\"]').length"), 1)
    browser.run("document.querySelector('.card[tabindex=\"0\"]').focus()")
    browser.key("ArrowRight")
    browser.key("ArrowRight")
    browser.key("ArrowLeft")
    expect("card after arrows", browser.run("document.activeElement.dataset.class"), "1")
    browser.key("End")
    expect("card after End", browser.run("document.activeElement.dataset.class"), str(classes - 1))
    browser.key("Home")
    expect("card after Home", browser.run("document.activeElement.dataset.class"), "0")
    browser.key("Enter")
    expect("dialog", browser.run("document.getElementById('detail').open"), True)
    expect("address", browser.run("location.hash"), "#class-0")
    expect("portraits", browser.run("document.querySelectorAll('.portrait').length"), runs)
    expect("history is drawn", browser.run("document.querySelectorAll('.growth .curve').length"), evolved)
    expect("ancestors are listed", evolved == 0 or browser.run("document.querySelectorAll('.inside ol.line li, .inside tbody tr').length > 0"), True)
    expect("the genome is shown", evolved == 0 or browser.run("document.querySelectorAll('.inside pre').length > 0"), True)
    expect("nodes have edges", browser.run(
        "document.querySelectorAll('.cppn').length === 0 || document.querySelectorAll('.cppn .edge').length > 0"), True)
    if shots:
        browser.screenshot(os.path.join(shots, f"detail-{'dark' if dark else 'light'}.png"))
    browser.key("ArrowRight")
    expect("address of the next class", browser.run("location.hash"), "#class-1")
    browser.key("Escape")
    expect("dialog after Escape", browser.run("document.getElementById('detail').open"), False)
    browser.wait("document.activeElement.dataset.class === '1'")  # the card of the class that was shown

    # A narrow window has no sideways scrolling either.
    browser.resize(390, 844)
    wide = browser.run("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    expect("pixels beyond the right edge of a narrow window", wide, 0)
    if shots:
        browser.screenshot(os.path.join(shots, f"narrow-{'dark' if dark else 'light'}.png"))
    browser.resize(1280, 900)

    # A link to a class opens it.
    browser.open(page, f"?again#class-{classes - 1}")
    browser.wait("document.getElementById('detail').open")
    expect("class of a link", browser.run("document.getElementById('detail-title').textContent !== ''"), True)
    expect("problems", browser.problems, [])


for dark in (False, True):
    with Browser(dark=dark) as browser:
        check(browser, dark)
for failure in failures:
    print(failure)
sys.exit(1 if failures else 0)
