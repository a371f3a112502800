* Minimises minus the objective; its optimum is minus the bound.
* Powers in MW, stored energy in MWh, money in USD.
NAME ampacity FREE
ROWS
 N cost
 E pecos.balance.20250801T050000Z
 L pecos.grid_mode.20250801T050000Z
 L pecos.peak.202507.20250801T050000Z
 E pecos.balance.20250801T053000Z
 L pecos.grid_mode.20250801T053000Z
 L pecos.peak.202507.20250801T053000Z
 L pecos.hall.training.20250801T053000Z
 E pecos.balance.20250801T060000Z
 L pecos.grid_mode.20250801T060000Z
 L pecos.peak.summer.20250801T060000Z
 E pecos.job.llm_7b
 E pecos.job.llm_7b_2
 E pecos.job.stalled
 L pecos.budget.fuel_gas
COLUMNS
 pecos.import.20250801T050000Z cost 15 pecos.balance.20250801T050000Z 1
 pecos.import.20250801T050000Z pecos.grid_mode.20250801T050000Z 1 pecos.peak.202507.20250801T050000Z 1
 pecos.block.20250801T050000Z cost 2.25 pecos.balance.20250801T050000Z 1
 pecos.block.20250801T050000Z pecos.grid_mode.20250801T050000Z 1 pecos.peak.202507.20250801T050000Z 1
 pecos.job.llm_7b.20250801T050000Z cost -130 pecos.balance.20250801T050000Z -1.25
 pecos.job.llm_7b.20250801T050000Z pecos.job.llm_7b 0.5
 pecos.import.20250801T053000Z cost 15.5 pecos.balance.20250801T053000Z 1
 pecos.import.20250801T053000Z pecos.grid_mode.20250801T053000Z 1 pecos.peak.202507.20250801T053000Z 1
 pecos.block.20250801T053000Z cost 2.25 pecos.balance.20250801T053000Z 1
 pecos.block.20250801T053000Z pecos.grid_mode.20250801T053000Z 1 pecos.peak.202507.20250801T053000Z 1
 pecos.generator_gas.20250801T053000Z cost 31 pecos.balance.20250801T053000Z 1
 pecos.generator_gas.20250801T053000Z pecos.budget.fuel_gas 1.5
 pecos.job.llm_7b.20250801T053000Z cost -130 pecos.balance.20250801T053000Z -1.6
 pecos.job.llm_7b.20250801T053000Z pecos.hall.training.20250801T053000Z 1.6 pecos.job.llm_7b 0.5
 pecos.job.llm_7b_2.20250801T053000Z cost -50 pecos.balance.20250801T053000Z -1.6
 pecos.job.llm_7b_2.20250801T053000Z pecos.hall.training.20250801T053000Z 1.6 pecos.job.llm_7b_2 0.5
 pecos.import.20250801T060000Z cost 16 pecos.balance.20250801T060000Z 1
 pecos.import.20250801T060000Z pecos.grid_mode.20250801T060000Z 1 pecos.peak.summer.20250801T060000Z 1
 pecos.block.20250801T060000Z cost 2.25 pecos.balance.20250801T060000Z 1
 pecos.block.20250801T060000Z pecos.grid_mode.20250801T060000Z 1 pecos.peak.summer.20250801T060000Z 1
 pecos.generator_gas.20250801T060000Z cost 31 pecos.balance.20250801T060000Z 1
 pecos.generator_gas.20250801T060000Z pecos.budget.fuel_gas 1.5
 pecos.job.llm_7b.20250801T060000Z cost -130 pecos.balance.20250801T060000Z -2
 pecos.job.llm_7b.20250801T060000Z pecos.job.llm_7b 0.5
 pecos.peak.202507 cost 3900
 pecos.peak.202507 pecos.peak.202507.20250801T050000Z -1
 pecos.peak.202507 pecos.peak.202507.20250801T053000Z -1
 pecos.peak.summer pecos.peak.summer.20250801T060000Z -1
 pecos.unserved.llm_7b cost 30
 pecos.unserved.llm_7b pecos.job.llm_7b 1
 pecos.unserved.llm_7b_2 pecos.job.llm_7b_2 1
 pecos.unserved.stalled cost 2
 pecos.unserved.stalled pecos.job.stalled 1
RHS
 RHS pecos.grid_mode.20250801T050000Z 10
 RHS pecos.grid_mode.20250801T053000Z 10
 RHS pecos.hall.training.20250801T053000Z 10
 RHS pecos.grid_mode.20250801T060000Z 10
 RHS pecos.job.llm_7b 3
 RHS pecos.job.llm_7b_2 2
 RHS pecos.job.stalled 8
 RHS pecos.budget.fuel_gas 4.5
BOUNDS
 UP BOUND pecos.import.20250801T050000Z 10
 UP BOUND pecos.block.20250801T050000Z 4
 UP BOUND pecos.job.llm_7b.20250801T050000Z 4
 UP BOUND pecos.import.20250801T053000Z 10
 UP BOUND pecos.block.20250801T053000Z 4
 UP BOUND pecos.generator_gas.20250801T053000Z 2
 UP BOUND pecos.job.llm_7b.20250801T053000Z 4
 UP BOUND pecos.job.llm_7b_2.20250801T053000Z 5
 UP BOUND pecos.import.20250801T060000Z 10
 UP BOUND pecos.block.20250801T060000Z 4
 UP BOUND pecos.generator_gas.20250801T060000Z 2
 UP BOUND pecos.job.llm_7b.20250801T060000Z 4
 LO BOUND pecos.peak.202507 2.5
 UP BOUND pecos.peak.202507 10
 FX BOUND pecos.peak.summer 12
 UP BOUND pecos.unserved.llm_7b 3
 UP BOUND pecos.unserved.llm_7b_2 2
 UP BOUND pecos.unserved.stalled 8
ENDATA
