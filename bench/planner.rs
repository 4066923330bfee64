//! How good is the order in which the planner asks? Every shipped signature with at least two causes and two steps is a
//! game: a true cause is drawn from the priors, the answers from the likelihoods that the words of the library stand
//! for, both perturbed by a random factor of up to 3, and one answer in ten is plainly wrong. Strategies see only the
//! words. `cargo run --release --example planner_sim [WORLDS] [SEED]`

mod random;

use faultbook::engine::plan::{self, Look, Possible};
use faultbook::engine::rank::{self, Candidate, Push, Standing};
use faultbook::library::Library;
use faultbook::library::outline::Kind;
use faultbook::library::shipped::SHIPPED;
use faultbook::model::signature::{FindingVerdict, Prior};
use random::Random;
use std::collections::BTreeSet;

/// Largest factor by which priors and likelihoods of the world differ from the words of the library.
const FACTOR: f64 = 3.0;
/// Share of answers that are wrong.
const WRONG: f64 = 0.1;

fn factor(random: &mut Random) -> f64 {
    FACTOR.powf(2.0 * random.unit() - 1.0)
}

fn draw(random: &mut Random, weights: &[f64]) -> usize {
    let mut at = random.unit() * weights.iter().sum::<f64>();
    for (i, w) in weights.iter().enumerate() {
        at -= w;
        if at < 0.0 {
            return i;
        }
    }
    weights.len() - 1
}

/// A signature as a game.
struct Game {
    id: String,
    priors: Vec<Prior>,
    looks: Vec<Look>,
}

/// What is true in one drawn world: the hypothesis (the last is "not this after all"), and for every look the outcome
/// of each of its questions.
struct World {
    truth: usize,
    answers: Vec<Vec<usize>>,
}

fn games(library: &Library) -> Vec<Game> {
    let mut out = Vec::new();
    for entry in library.of_kind(Kind::Signature) {
        let Some(s) = library.signature(entry.outline.id) else { continue };
        let mut ids: Vec<&str> = Vec::new();
        for e in &s.evidence {
            if !ids.contains(&e.step.as_str()) {
                ids.push(&e.step);
            }
        }
        if s.causes.len() < 2 || ids.len() < 2 {
            continue;
        }
        let looks = ids.iter().filter_map(|id| {
            let step = library.step(id)?;
            let questions = s.evidence.iter().filter(|e| e.step == *id).map(|e| plan::possible(s, e)).collect();
            Some(Look { questions, minutes: step.minutes, risk: step.risk, perishable: false, lacks_facts: false })
        });
        out.push(Game { id: s.id.clone(), priors: s.causes.iter().map(|c| c.prior).collect(), looks: looks.collect() });
    }
    out
}

impl Game {
    /// Draws a world whose numbers are not those of the library.
    fn world(&self, random: &mut Random) -> World {
        let mut priors: Vec<f64> = self.priors.iter().map(|p| rank::prior(*p)).collect();
        let total: f64 = priors.iter().sum();
        priors.push(total * rank::NOT_THIS);
        priors.iter_mut().for_each(|p| *p *= factor(random));
        let truth = draw(random, &priors);
        let mut answer = |question: &Vec<Possible>| {
            let mut row = plan::likelihoods(question, self.priors.len())[truth].clone();
            row.iter_mut().for_each(|p| *p *= factor(random));
            let right = draw(random, &row);
            if row.len() > 1 && random.unit() < WRONG { (right + 1 + random.place(row.len() - 1)) % row.len() } else { right }
        };
        World { truth, answers: self.looks.iter().map(|l| l.questions.iter().map(&mut answer).collect()).collect() }
    }

    /// What is thought after these looks.
    fn think(&self, world: &World, taken: &[usize]) -> Thought {
        self.think_of(world, taken, &[])
    }

    /// The same with outcomes that are only supposed.
    fn think_of(&self, world: &World, taken: &[usize], supposed: &[&Possible]) -> Thought {
        let mut pushes: Vec<Vec<Push>> = vec![Vec::new(); self.priors.len()];
        let mut finding = None;
        for look in taken {
            for (q, question) in self.looks[*look].questions.iter().enumerate() {
                let Some(o) = question.get(world.answers[*look][q]) else { continue };
                finding = o.finding.or(finding);
                for (cause, verdict) in &o.verdicts {
                    pushes[*cause].push(Push { verdict: *verdict, facts: BTreeSet::from([format!("{look}.{q}")]) });
                }
            }
        }
        for (i, o) in supposed.iter().enumerate() {
            finding = o.finding.or(finding);
            for (cause, verdict) in &o.verdicts {
                pushes[*cause].push(Push { verdict: *verdict, facts: BTreeSet::from([format!("supposed {i}")]) });
            }
        }
        let candidates: Vec<Candidate> = self.priors.iter().zip(pushes).map(|(p, pushes)| Candidate { prior: *p, pushes }).collect();
        let (weighed, not_this) = rank::weigh(&candidates, finding);
        let mut weights: Vec<f64> = weighed.iter().map(|w| w.weight).collect();
        weights.push(not_this);
        let best = |s: Standing| weighed.iter().position(|w| w.standing == s);
        Thought { weights, established: best(Standing::Established), leading: best(Standing::Leading), refuted: finding == Some(FindingVerdict::Refuted) }
    }
}

struct Thought {
    weights: Vec<f64>,
    established: Option<usize>,
    leading: Option<usize>,
    refuted: bool,
}

/// Causes that are established and that lead, and whether the finding is refuted.
type Concluded = (Option<usize>, Option<usize>, bool);

impl Thought {
    /// What would be said of it.
    fn concluded(&self) -> Concluded {
        (self.established, self.leading, self.refuted)
    }

    fn is_settled(&self) -> bool {
        self.established.is_some() || self.refuted
    }
}

#[derive(Clone, Copy, PartialEq)]
enum Strategy {
    Planner,
    /// The planner's order, but asking until nothing is left.
    PlannerToTheEnd,
    Random,
    Cheapest,
    /// Both with the planner's rule of when to stop.
    RandomStops,
    CheapestStops,
}

/// How one walk went.
struct Walk {
    minutes: f64,
    end: Thought,
}

fn walk(game: &Game, world: &World, strategy: Strategy, random: &mut Random) -> Walk {
    let mut taken: Vec<usize> = Vec::new();
    let mut minutes = 0.0;
    loop {
        let thought = game.think(world, &taken);
        let open: Vec<usize> = (0..game.looks.len()).filter(|l| !taken.contains(l)).collect();
        let done = thought.is_settled() || open.is_empty();
        let looks: Vec<&Look> = open.iter().map(|l| &game.looks[*l]).collect();
        let stops = matches!(strategy, Strategy::Planner | Strategy::RandomStops | Strategy::CheapestStops);
        let concluded = |supposed: &[&Possible]| game.think_of(world, &taken, supposed).concluded();
        if done || (stops && !plan::is_worth_asking(&looks, &thought.weights, &concluded)) {
            return Walk { minutes, end: thought };
        }
        let next = match strategy {
            Strategy::Planner | Strategy::PlannerToTheEnd => open[plan::best(&looks, &thought.weights)],
            Strategy::Random | Strategy::RandomStops => open[random.place(open.len())],
            Strategy::Cheapest | Strategy::CheapestStops => *open.iter().min_by_key(|l| game.looks[**l].minutes).unwrap_or(&open[0]),
        };
        minutes += f64::from(game.looks[next].minutes);
        taken.push(next);
    }
}

/// Fewest minutes in which any order comes to what all looks together lead to; only hindsight knows it.
fn hindsight(game: &Game, world: &World) -> f64 {
    let all: Vec<usize> = (0..game.looks.len()).collect();
    let end = game.think(world, &all).concluded();
    fn go(game: &Game, world: &World, end: Concluded, taken: &mut Vec<usize>, minutes: f64, best: &mut f64) {
        if minutes >= *best {
            return;
        }
        let thought = game.think(world, taken);
        if thought.is_settled() || thought.concluded() == end {
            *best = minutes;
            return;
        }
        for l in 0..game.looks.len() {
            if !taken.contains(&l) {
                taken.push(l);
                go(game, world, end, taken, minutes + f64::from(game.looks[l].minutes), best);
                taken.pop();
            }
        }
    }
    let mut best = f64::INFINITY;
    go(game, world, end, &mut Vec::new(), 0.0, &mut best);
    best
}

#[derive(Default)]
struct Tally {
    walks: f64,
    minutes: f64,
    asked_none: f64,
    wrong: f64,
    established: f64,
    right_lead: f64,
    none: f64,
    regret: f64,
}

fn main() {
    let mut args = std::env::args().skip(1);
    let worlds: usize = args.next().and_then(|a| a.parse().ok()).unwrap_or(300);
    let seed: u64 = args.next().and_then(|a| a.parse().ok()).unwrap_or(1);
    let library = Library::load(SHIPPED, &[]);
    let games = games(&library);
    let strategies = [
        ("planner", Strategy::Planner),
        ("planner's order, to the end", Strategy::PlannerToTheEnd),
        ("cheapest first", Strategy::Cheapest),
        ("cheapest first, planner's stop", Strategy::CheapestStops),
        ("random order", Strategy::Random),
        ("random order, planner's stop", Strategy::RandomStops),
    ];
    let mut tallies: Vec<Tally> = strategies.iter().map(|_| Tally::default()).collect();
    let mut random = Random(seed);
    let steps: usize = games.iter().map(|g| g.looks.len()).sum();
    for game in &games {
        for _ in 0..worlds {
            let world = game.world(&mut random);
            let best = hindsight(game, &world);
            for ((_, strategy), t) in strategies.iter().zip(&mut tallies) {
                let w = walk(game, &world, *strategy, &mut random);
                t.walks += 1.0;
                t.minutes += w.minutes;
                t.regret += w.minutes - best;
                t.asked_none += f64::from(u8::from(w.minutes == 0.0));
                match w.end.established {
                    Some(c) if c == world.truth => t.established += 1.0,
                    Some(_) => t.wrong += 1.0,
                    None => {
                        t.none += 1.0;
                        t.right_lead += f64::from(u8::from(w.end.leading == Some(world.truth)));
                    }
                }
            }
        }
    }
    println!("{} signatures with {} steps, {worlds} worlds each, seed {seed}\n", games.len(), steps);
    println!(
        "| order | minutes to the verdict | established, right | established, wrong | not established | of these the right cause leads | regret, minutes |"
    );
    println!("| --- | ---: | ---: | ---: | ---: | ---: | ---: |");
    for ((name, _), t) in strategies.iter().zip(&tallies) {
        let share = |x: f64| format!("{:.1} %", 100.0 * x / t.walks);
        println!(
            "| {name} | {:.2} | {} | {} | {} | {} | {:.2} |",
            t.minutes / t.walks,
            share(t.established),
            share(t.wrong),
            share(t.none),
            share(t.right_lead),
            t.regret / t.walks
        );
    }
    let by = |i: usize| tallies[i].minutes / tallies[i].walks;
    println!("\nThe planner needs {:.1} % fewer minutes than the better of the two.", 100.0 * (1.0 - by(0) / by(2).min(by(4))));
    if std::env::var_os("GAMES").is_some() {
        for g in &games {
            println!("{} {}", g.id, g.looks.len());
        }
    }
}
