//! The workflows that ship are in order for the tables that they were made for.

use tandem_components::Shipped;
use tandem_flow::{
    Column, ColumnKind, Columns, Workflow,
    check::{Given, check},
};

use crate::support::Bench;

fn read(name: &str) -> Workflow {
    let path = format!("{}/../../samples/workflows/{name}.json", env!("CARGO_MANIFEST_DIR"));
    Workflow::read(&std::fs::read_to_string(path).unwrap()).unwrap()
}

/// Columns of text but those named as numbers.
fn columns(names: &str, integers: &[&str], numbers: &[&str]) -> Columns {
    let kind = |name: &str| match (integers.contains(&name), numbers.contains(&name)) {
        (true, _) => ColumnKind::Integer,
        (_, true) => ColumnKind::Number,
        _ => ColumnKind::Text,
    };
    Columns::Known(names.split(',').map(|name| Column::new(name, kind(name))).collect())
}

async fn in_order(name: &str, input: &str, columns: Columns) {
    let bench = Bench::new();
    let workflow = read(name);
    let given = Given { inputs: [(input.to_owned(), columns)].into(), ..Given::default() };
    let checked = tokio::task::spawn_blocking(move || check(&workflow, &Shipped::new(bench.engine.clone()), &given));
    let checked = checked.await.unwrap();
    assert!(checked.problems.is_empty(), "{name}: {:?}", checked.problems);
    for (id, known) in &checked.nodes {
        for (port, columns) in &known.outputs {
            assert!(columns.known().is_some(), "{name}: the columns of {id}.{port} are not known before it runs");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn telco_churn() {
    let names = "customerID,gender,SeniorCitizen,Partner,Dependents,tenure,PhoneService,MultipleLines,InternetService,\
                 OnlineSecurity,OnlineBackup,DeviceProtection,TechSupport,StreamingTV,StreamingMovies,Contract,\
                 PaperlessBilling,PaymentMethod,MonthlyCharges,TotalCharges,Churn";
    in_order("telco-churn", "customers", columns(names, &["SeniorCitizen", "tenure"], &["MonthlyCharges"])).await;
    let all = &["SeniorCitizen", "tenure"];
    in_order("telco-churn", "customers", columns(names, all, &["MonthlyCharges", "TotalCharges"])).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn german_credit() {
    let names = "Account_status,Duration,Credit_history,Purpose,Credit_amount,Savings_bonds,Present_employment_since,\
                 Installment_rate,Other_debtors_guarantors,Resident_since,Property,Age,Other_installment_plans,Housing,\
                 Existing_credits,Job,People_maintenance_for,Telephone,Foreign_worker,Credit_risk,Gender";
    let numbers = [
        "Duration",
        "Credit_amount",
        "Installment_rate",
        "Resident_since",
        "Age",
        "Existing_credits",
        "People_maintenance_for",
    ];
    in_order("german-credit", "applicants", columns(names, &[], &numbers)).await;
    in_order("german-credit", "applicants", columns(names, &numbers, &[])).await;
}
