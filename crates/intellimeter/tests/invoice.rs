//! The three invoice types, worked by hand. The documentation's example has the wrong sum of 40.215, 35.500 and
//! 20.250 kWh; see docs/intellimeter-invoices.md.

use intellimeter::invoice::{
    Draft, FlatFee, General, InvoiceError, Item, Rates, Usage, customized_price, general_consumption_price,
    split_from_general,
};
use intellimeter::{BillingConstants, CentsPerUnit, Decimal, Dollars, Fee, InvoiceType, Percent, Utility};

const E: Utility = Utility::Electricity;

fn number(text: &str) -> Decimal {
    text.parse().unwrap()
}

fn tenants() -> [Usage; 3] {
    [("Tenant A", "40.215"), ("Tenant B", "35.500"), ("Tenant C", "20.250")]
        .map(|(id, used)| Usage::new(id).with(E, number(used)))
}

fn totals(drafts: &[Draft]) -> Vec<String> {
    drafts.iter().map(|draft| draft.total.to_string()).collect()
}

fn fees() -> [FlatFee; 3] {
    [
        FlatFee::new("Admin Fee", Dollars::from_cents(626)),
        FlatFee::new("Old Fee", Dollars::from_cents(999)).active(false),
        FlatFee::new("Service Fee", Dollars::from_cents(432)),
    ]
}

#[test]
fn customized_price_is_the_sum_of_active_fees() {
    let drafts = customized_price(&["Suite 1", "Suite 2"], &fees(), Percent::from(13)).unwrap();
    assert_eq!(drafts.len(), 2);
    for draft in &drafts {
        assert_eq!(draft.invoice_type, InvoiceType::CustomizedPrice);
        let items: Vec<String> = draft.lines.iter().map(|line| line.item.to_string()).collect();
        assert_eq!(items, ["Admin Fee", "Service Fee"]);
        assert_eq!(draft.subtotal, Dollars::from_cents(1058));
        // 13 % of 10.58 are 1.3754.
        assert_eq!(draft.tax, Dollars::from_cents(138));
        assert_eq!(draft.total, Dollars::from_cents(1196));
    }
}

#[test]
fn no_active_fee_is_an_empty_invoice() {
    let drafts = customized_price(&["Suite 1"], &fees()[1..2], Percent::from(13)).unwrap();
    assert!(drafts[0].lines.is_empty());
    assert_eq!(drafts[0].total, Dollars::ZERO);
}

#[test]
fn a_discount_is_a_fee_below_zero() {
    let fees = [FlatFee::new("Discount", "-10.005".parse().unwrap())];
    let drafts = customized_price(&["Suite 1"], &fees, Percent::from(10)).unwrap();
    // -10.01, and a tenth of that, -1.001.
    assert_eq!(drafts[0].total, Dollars::from_cents(-1101));
}

#[test]
fn general_consumption_price_is_consumption_times_rate() {
    let rates = Rates::new().with(E, CentsPerUnit::from(13));
    let drafts = general_consumption_price(&tenants(), &rates, Percent::ZERO).unwrap();
    assert_eq!(totals(&drafts), ["$5.23", "$4.62", "$2.63"]);
    let line = &drafts[1].lines[0];
    assert_eq!(line.item, Item::Utility(E));
    assert_eq!(line.quantity, Some(number("35.5")));
    assert_eq!(line.rate, Some(CentsPerUnit::from(13)));
    // Half a cent goes up: 4.615.
    assert_eq!(line.amount, Dollars::from_cents(462));
    assert_eq!(drafts[1].invoice_type, InvoiceType::GeneralConsumptionPrice);
}

#[test]
fn each_utility_has_a_line_and_its_meters_add_up() {
    let rates = Rates::new()
        .with(E, CentsPerUnit::from(13))
        .with(Utility::Water, "210.5".parse().unwrap());
    let usage = [Usage::new("7")
        .with(E, number("10.5"))
        .with(Utility::Water, number("2"))
        .with(E, number("0.5"))];
    let drafts = general_consumption_price(&usage, &rates, Percent::from(5)).unwrap();
    let amounts: Vec<Dollars> = drafts[0].lines.iter().map(|line| line.amount).collect();
    // 11 kWh at 13 cents, 2 m³ at 210.5 cents.
    assert_eq!(amounts, [Dollars::from_cents(143), Dollars::from_cents(421)]);
    // 5 % of 5.64 are 0.282.
    assert_eq!(drafts[0].total, Dollars::from_cents(592));
}

#[test]
fn split_of_the_documented_example_with_the_right_sum() {
    let general = General::summed(E, CentsPerUnit::from(13));
    let split = split_from_general(&tenants(), &general, Percent::ZERO).unwrap();
    assert_eq!(split.consumed, number("95.965"));
    // 95.965 kWh at 13 cents are 12.47545.
    assert_eq!(split.total, Dollars::from_cents(1248));
    assert_eq!(totals(&split.invoices), ["$5.23", "$4.62", "$2.63"]);
    let shares: Vec<Decimal> = split.invoices.iter().filter_map(|draft| draft.lines[0].share).collect();
    let shares: Vec<String> = shares.iter().map(|share| share.round_dp(5).to_string()).collect();
    assert_eq!(shares, ["0.41906", "0.36993", "0.21101"]);
    assert_eq!(split.losses(), None);
}

#[test]
fn split_of_the_general_meter_carries_the_losses() {
    let general = General::metered(E, number("100"), CentsPerUnit::from(13));
    let split = split_from_general(&tenants(), &general, Percent::from(13)).unwrap();
    assert_eq!(split.losses(), Some(number("4.035")));
    assert_eq!(split.subtotal, Dollars::from_cents(1300));
    assert_eq!(split.tax, Dollars::from_cents(169));
    // 1469 cents by 40215 : 35500 : 20250 of 95965 are 615.597…, 543.422… and 309.980…: 1467, and two are left.
    assert_eq!(totals(&split.invoices), ["$6.16", "$5.43", "$3.10"]);
    // 169 cents by 616 : 543 : 310 of 1469 are 70.867…, 62.469… and 35.664…: 167, and two are left.
    let taxes: Vec<Dollars> = split.invoices.iter().map(|draft| draft.tax).collect();
    assert_eq!(taxes, [71, 62, 36].map(Dollars::from_cents));
}

#[test]
fn a_bill_may_come_with_its_consumption_or_without() {
    let bill = General::billed(E, Dollars::from(20));
    assert_eq!(
        split_from_general(&tenants(), &bill, Percent::ZERO).unwrap().losses(),
        None
    );
    let split = split_from_general(&tenants(), &bill.for_quantity(number("95")), Percent::ZERO).unwrap();
    // Meters are not exact.
    assert_eq!(split.losses(), Some(number("-0.965")));
    assert_eq!(split.total, Dollars::from(20));
}

#[test]
fn equal_remainders_go_by_id() {
    let usage = ["c", "a", "b"].map(|id| Usage::new(id).with(E, number("5")));
    let general = General::billed(E, Dollars::from_cents(100));
    let split = split_from_general(&usage, &general, Percent::ZERO).unwrap();
    let totals: Vec<(String, Dollars)> = split
        .invoices
        .into_iter()
        .map(|draft| (draft.id, draft.total))
        .collect();
    let expected = [("c", 33), ("a", 34), ("b", 33)].map(|(id, cents)| (id.to_owned(), Dollars::from_cents(cents)));
    assert_eq!(totals, expected);
}

#[test]
fn who_consumed_nothing_pays_nothing() {
    let usage = [
        Usage::new("water only").with(Utility::Water, number("3")),
        Usage::new("both").with(E, number("3")),
    ];
    let split = split_from_general(&usage, &General::billed(E, Dollars::from_cents(7)), Percent::from(15)).unwrap();
    // 15 % of 7 cents are 1.05.
    assert_eq!(totals(&split.invoices), ["$0.00", "$0.08"]);
}

#[test]
fn a_cost_that_nobody_caused_is_not_split() {
    let usage = [Usage::new("a"), Usage::new("b").with(E, Decimal::ZERO)];
    let cost = General::billed(E, Dollars::from(5));
    let error = split_from_general(&usage, &cost, Percent::ZERO).unwrap_err();
    assert_eq!(
        error,
        InvoiceError::NoConsumption {
            utility: E,
            total: Dollars::from(5)
        }
    );
    assert_eq!(
        error.to_string(),
        "$5.00 for E cannot be split: nobody consumed anything"
    );
    assert!(split_from_general(&[], &cost, Percent::ZERO).is_err());
    let nothing = General::summed(E, CentsPerUnit::from(13));
    let split = split_from_general(&usage, &nothing, Percent::ZERO).unwrap();
    assert_eq!(totals(&split.invoices), ["$0.00", "$0.00"]);
}

#[test]
fn negative_consumption_names_the_tenant() {
    let usage = [
        Usage::new("fine").with(E, number("1")),
        Usage::new("back").with(E, number("-0.5")),
    ];
    let rates = Rates::new().with(E, CentsPerUnit::from(13));
    let expected = InvoiceError::NegativeQuantity {
        id: "back".to_owned(),
        utility: E,
        quantity: number("-0.5"),
    };
    let general = General::summed(E, CentsPerUnit::from(13));
    assert_eq!(
        general_consumption_price(&usage, &rates, Percent::ZERO),
        Err(expected.clone())
    );
    assert_eq!(
        split_from_general(&usage, &general, Percent::ZERO),
        Err(expected.clone())
    );
    assert_eq!(expected.id(), Some("back"));
}

#[test]
fn an_id_that_comes_twice_is_refused() {
    let twice = InvoiceError::DuplicateId { id: "a".to_owned() };
    let usage = ["a", "b", "a"].map(|id| Usage::new(id).with(E, number("1")));
    let rates = Rates::new().with(E, CentsPerUnit::from(13));
    let general = General::summed(E, CentsPerUnit::from(13));
    assert_eq!(
        customized_price(&["a", "b", "a"], &fees(), Percent::ZERO),
        Err(twice.clone())
    );
    assert_eq!(
        general_consumption_price(&usage, &rates, Percent::ZERO),
        Err(twice.clone())
    );
    assert_eq!(split_from_general(&usage, &general, Percent::ZERO), Err(twice));
}

#[test]
fn what_is_below_zero_is_refused() {
    let rate: CentsPerUnit = "-1".parse().unwrap();
    let rates = Rates::new().with(E, rate);
    let error = general_consumption_price(&tenants(), &rates, Percent::ZERO).unwrap_err();
    assert_eq!(error, InvoiceError::NegativeRate { utility: E, rate });
    let tax = Percent::from(-1);
    let error = customized_price(&["a"], &fees(), tax).unwrap_err();
    assert_eq!(error, InvoiceError::NegativeTax { tax });
    let cost = Dollars::from_cents(-1);
    let error = split_from_general(&tenants(), &General::billed(E, cost), Percent::ZERO).unwrap_err();
    assert_eq!(error, InvoiceError::NegativeCost { utility: E, cost });
    let quantity = number("-3");
    let general = General::metered(E, quantity, CentsPerUnit::from(13));
    let error = split_from_general(&tenants(), &general, Percent::ZERO).unwrap_err();
    assert_eq!(error, InvoiceError::NegativeGeneral { utility: E, quantity });
}

#[test]
fn consumption_without_a_rate_names_the_tenant() {
    let usage = [Usage::new("a").with(Utility::from("S"), number("1"))];
    let error = general_consumption_price(&usage, &Rates::new(), Percent::ZERO).unwrap_err();
    assert_eq!(error.to_string(), "a has consumption of S, for which there is no rate");
}

#[test]
fn what_cannot_be_exact_is_refused() {
    let largest = [Usage::new("large").with(E, Decimal::MAX)];
    let rates = Rates::new().with(E, CentsPerUnit::from(1300));
    let error = general_consumption_price(&largest, &rates, Percent::ZERO).unwrap_err();
    assert_eq!(error.id(), Some("large"));
    assert_eq!(
        error.to_string(),
        "the amounts of large have too many digits to compute exactly"
    );

    let both = [
        Usage::new("a").with(E, Decimal::MAX),
        Usage::new("b").with(E, Decimal::MAX),
    ];
    let general = General::billed(E, Dollars::from(1));
    let error = split_from_general(&both, &general, Percent::ZERO).unwrap_err();
    assert_eq!(error, InvoiceError::TooLarge { id: None });
    let general = General::billed(E, Dollars::from(1_000_000_000_000));
    let error = split_from_general(&largest, &general, Percent::ZERO).unwrap_err();
    assert_eq!(error, InvoiceError::TooLarge { id: None });
}

#[test]
fn rates_and_fees_come_from_the_service() {
    let constants: BillingConstants = serde_json::from_str(
        r#"{"days_to_pay": 21, "invoice_from": "Office", "price_per_electricity": 14.2, "price_per_gas": 31.5,
            "price_per_water": 180.0, "property": "p1", "tax_rate": 13.0, "updated": "2021-04-09T10:20:00"}"#,
    )
    .unwrap();
    let rates = Rates::from(&constants);
    assert_eq!(rates.of(&E), Some("14.2".parse().unwrap()));
    assert_eq!(rates.of(&Utility::Gas), Some("31.5".parse().unwrap()));
    assert_eq!(rates.of(&Utility::Water), Some(CentsPerUnit::from(180)));
    assert_eq!(constants.tax_rate, Percent::from(13));
    let fee: Fee =
        serde_json::from_str(r#"{"id": "f1", "property": "p1", "name": "Lift", "value": 10.25, "active": false}"#)
            .unwrap();
    assert_eq!(
        FlatFee::from(&fee),
        FlatFee::new("Lift", Dollars::from_cents(1025)).active(false)
    );
}
