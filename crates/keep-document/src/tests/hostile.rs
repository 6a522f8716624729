//! Documents that try to run something, to fetch something, or to hide something.

use super::{body_of, is_balanced, links, outline, text_of};
use crate::Notice;

/// From the OWASP XSS filter evasion cheat sheet, the mutation tests of DOMPurify and published bypasses of sanitisers.
/// Each contains the word "visible" outside of anything that runs.
const ATTACKS: &[&str] = &[
    "visible<script>alert(1)</script>",
    "visible<SCRIPT SRC=https://evil.example/x.js></SCRIPT>",
    "visible<script/src=data:,alert(1)></script>",
    "visible<<script>alert(1);//<</script>",
    "visible<script\n>alert(1)</script\n>",
    "visible<scr\0ipt>alert(1)</scr\0ipt>",
    "visible<img src=x onerror=alert(1)>",
    "visible<img src=\"javascript:alert(1)\">",
    "visible<img \"\"\"><script>alert(1)</script>\">",
    "visible<img/src=`x`onerror=alert(1)>",
    "visible<img src='https://evil.example/pixel.gif' width=1>",
    "visible<img srcset='https://evil.example/a 1x'>",
    "visible<a href=\"javascript:alert(1)\">x</a>",
    "visible<a href=\"jav&#x09;ascript:alert(1)\">x</a>",
    "visible<a href=\" &#14;  javascript:alert(1)\">x</a>",
    "visible<a href='data:text/html,<script>alert(1)</script>'>x</a>",
    "visible<a href='vbscript:msgbox(1)'>x</a>",
    "visible<a onmouseover=\"alert(1)\">x</a>",
    "visible<svg onload=alert(1)>",
    "visible<svg><script>alert(1)</script></svg>",
    "visible<svg><a xlink:href='javascript:alert(1)'><text>x</text></a></svg>",
    "visible<svg><animate onbegin=alert(1) attributeName=x dur=1s>",
    "visible<svg></p><style><a id=\"</style><img src=1 onerror=alert(1)>\">",
    "visible<svg><style><img src=x onerror=alert(1)></style></svg>",
    "visible<math><mtext><table><mglyph><style><!--</style><img title=\"--&gt;&lt;img src=1 onerror=alert(1)&gt;\">",
    "visible<math><mi//xlink:href=\"data:x,<script>alert(1)</script>\">",
    "visible<form><math><mtext></form><form><mglyph><style></math><img src onerror=alert(1)>",
    "visible<noscript><p title=\"</noscript><img src=x onerror=alert(1)>\"></noscript>",
    "visible<iframe src=javascript:alert(1)></iframe>",
    "visible<iframe srcdoc='<script>alert(1)</script>'></iframe>",
    "visible<object data='javascript:alert(1)'></object>",
    "visible<embed src='https://evil.example/x.swf'>",
    "visible<applet code=x></applet>",
    "visible<base href='https://evil.example/'>",
    "visible<link rel=stylesheet href='https://evil.example/x.css'>",
    "visible<meta http-equiv=refresh content='0;url=https://evil.example/'>",
    "visible<style>@import 'https://evil.example/x.css';</style>",
    "visible<div style=\"background:url(https://evil.example/x)\">x</div>",
    "visible<div style=\"width:expression(alert(1))\">x</div>",
    "visible<form action='https://evil.example/'><input name=password type=password><button formaction='javascript:alert(1)'>x</button></form>",
    "visible<input autofocus onfocus=alert(1)>",
    "visible<details open ontoggle=alert(1)>x</details>",
    "visible<video><source onerror=alert(1)></video>",
    "visible<audio src=x onerror=alert(1)>",
    "visible<body onload=alert(1)>",
    "visible<marquee onstart=alert(1)>x</marquee>",
    "visible<table background='javascript:alert(1)'><tr><td>x</td></tr></table>",
    "visible<template><script>alert(1)</script></template>",
    "visible<isindex type=image src=1 onerror=alert(1)>",
    "visible<x onclick=alert(1)>x</x>",
    "visible<custom-element onclick=alert(1)>x</custom-element>",
    "visible<!--[if gte IE 4]><script>alert(1)</script><![endif]-->",
    "visible<!-- --!><img src=x onerror=alert(1)> -->",
    "visible<![CDATA[<script>alert(1)</script>]]>",
    "visible<?xml version='1.0'?><script xmlns='http://www.w3.org/1999/xhtml'>alert(1)</script>",
    "visible<a href=\"https://ok.example/\" target=_blank ping='https://evil.example/'>x</a>",
    "visible<select><option></select><img src=x onerror=alert(1)>",
    "visible<xmp><p title=\"</xmp><svg/onload=alert(1)>\">",
    "visible<listing>&lt;img src=x onerror=alert(1)&gt;</listing>",
];

#[test]
fn nothing_runs_and_nothing_is_fetched() {
    for attack in ATTACKS {
        for content_type in ["text/html", "application/xhtml+xml", "text/markdown"] {
            let body = body_of(content_type, attack);
            // There is no element and no attribute in which anything could run: only addresses of links are left.
            for address in links(&body) {
                assert!(["https://ok.example/"].contains(&address), "{content_type} {attack}: {address}");
            }
            assert!(body.text().contains("visible"), "{content_type} {attack}: {}", outline(&body));
            assert!(is_balanced(&body), "{content_type} {attack}");
        }
    }
}

#[test]
fn what_is_hidden_is_shown() {
    for hidden in [
        "<p style='display:none'>Stop warfarin</p>",
        "<p hidden>Stop warfarin</p>",
        "<p style='visibility:hidden;color:#fff;font-size:0'>Stop warfarin</p>",
        "<div style='position:absolute;left:-9999px'>Stop warfarin</div>",
        "<details><summary>x</summary>Stop warfarin</details>",
        "<textarea>Stop warfarin</textarea>",
        "<input value='Stop warfarin'>",
        "<noscript>Stop warfarin</noscript>",
        "<title>Stop warfarin</title>",
        "<font color=white>Stop warfarin</font>",
        "<button>Stop warfarin</button>",
        "<option>Stop warfarin",
        "<unknown>Stop warfarin</unknown>",
        "Stop warfarin<plaintext>",
    ] {
        assert!(text_of("text/html", hidden).contains("Stop warfarin"), "{hidden}");
    }
}

#[test]
fn a_document_that_says_something_is_never_blank() {
    for html in [
        "<script>Stop warfarin",
        "<!-- Stop warfarin",
        "<style>Stop warfarin</style>",
        "<template>Stop warfarin</template>",
    ] {
        let body = body_of("text/html", html);
        assert!(body.text().contains("Stop warfarin") && body.notices.contains(&Notice::ShownAsSource), "{html}");
    }
    let body =
        body_of("text/xml", "<ClinicalDocument><component><structuredBody><component><section><text>Stop warfarin");
    assert!(body.text().contains("Stop warfarin") && body.notices.contains(&Notice::ShownAsSource));
    assert!(text_of("text/rtf", "{\\rtf1 }").contains("rtf1"));
}

#[test]
fn a_style_sheet_that_may_negate_is_reported() {
    let noted = |html: &str| body_of("text/html", html).notices.contains(&Notice::StyleSheetIgnored);
    assert!(noted("<style>.old{text-decoration:line-through}</style><p class=old>aspirin</p>"));
    assert!(noted("<STYLE type='text/css'>p:before { content : \"NOT \" }</STYLE><p>fit</p>"));
    assert!(!noted("<style>p{color:red}</style><p>fit</p>"));
}

#[test]
fn deep_and_long_documents_end() {
    let deep = "<div>".repeat(200_000) + "visible";
    let body = body_of("text/html", &deep);
    assert!(body.text().contains("visible") && body.notices.contains(&Notice::Unformatted) && is_balanced(&body));
    let nested = "<b><i>".repeat(400) + "visible";
    assert!(body_of("text/html", &nested).text().contains("visible"));
    let long = "<p>x</p>".repeat(50_000) + "visible";
    assert!(body_of("text/html", &long).text().contains("visible"));
    let groups = format!("{{\\rtf1 visible{}", "{".repeat(200_000));
    assert!(text_of("text/rtf", groups).contains("visible"));
    let quotes = "> ".repeat(20_000) + "visible";
    assert!(text_of("text/markdown", quotes).contains("visible"));
    let lists = "- ".repeat(5_000) + "visible";
    assert!(text_of("text/markdown", lists).contains("visible"));
    let xml = format!("<ClinicalDocument>{}", "<a>".repeat(200_000));
    assert!(!text_of("text/xml", xml).is_empty());
    let entity =
        "<!DOCTYPE x [<!ENTITY a 'aaaaaaaaaa'><!ENTITY b '&a;&a;&a;&a;'>]><ClinicalDocument>&b;</ClinicalDocument>";
    assert!(text_of("text/xml", entity).contains("&b;"));
}
