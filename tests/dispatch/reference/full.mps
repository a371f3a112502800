* Minimises minus the objective; its optimum is minus the bound.
* Powers in MW, stored energy in MWh, money in USD.
NAME ampacity FREE
ROWS
 N cost
 E pecos.balance.20250801T050000Z
 E pecos.soc.20250801T050000Z
 L pecos.battery_mode.20250801T050000Z
 L pecos.grid_mode.20250801T050000Z
 L pecos.block_mode.20250801T050000Z
 E pecos.demand_serving.20250801T050000Z
 E pecos.balance.20250801T053000Z
 E pecos.soc.20250801T053000Z
 L pecos.battery_mode.20250801T053000Z
 E pecos.demand_serving.20250801T053000Z
COLUMNS
 pecos.import.20250801T050000Z cost 15.05 pecos.balance.20250801T050000Z 1
 pecos.import.20250801T050000Z pecos.grid_mode.20250801T050000Z 1
 pecos.block.20250801T050000Z cost 2.25 pecos.balance.20250801T050000Z 1
 pecos.block.20250801T050000Z pecos.grid_mode.20250801T050000Z 1 pecos.block_mode.20250801T050000Z 1
 pecos.export.20250801T050000Z cost -15.05 pecos.balance.20250801T050000Z -1
 pecos.export.20250801T050000Z pecos.grid_mode.20250801T050000Z 1.25 pecos.block_mode.20250801T050000Z 0.5
 pecos.charge.20250801T050000Z cost 3 pecos.balance.20250801T050000Z -1
 pecos.charge.20250801T050000Z pecos.soc.20250801T050000Z -0.48 pecos.battery_mode.20250801T050000Z 1
 pecos.discharge.20250801T050000Z cost 3 pecos.balance.20250801T050000Z 1
 pecos.discharge.20250801T050000Z pecos.soc.20250801T050000Z 0.625 pecos.battery_mode.20250801T050000Z 1
 pecos.stored.20250801T050000Z pecos.soc.20250801T050000Z 1 pecos.soc.20250801T053000Z -0.75
 pecos.generator_gas.20250801T050000Z cost 31 pecos.balance.20250801T050000Z 1
 pecos.mining_s21.20250801T050000Z cost -27.5 pecos.balance.20250801T050000Z -1
 pecos.hall_serving_1.20250801T050000Z cost -210 pecos.balance.20250801T050000Z -1
 pecos.hall_serving_1.20250801T050000Z pecos.demand_serving.20250801T050000Z 1
 pecos.hall_serving_2.20250801T050000Z cost -90 pecos.balance.20250801T050000Z -1
 pecos.hall_serving_2.20250801T050000Z pecos.demand_serving.20250801T050000Z 1
 pecos.unserved_serving.20250801T050000Z cost 8 pecos.demand_serving.20250801T050000Z 1
 pecos.import.20250801T053000Z cost 15.5 pecos.balance.20250801T053000Z 1
 pecos.export.20250801T053000Z cost -15.5 pecos.balance.20250801T053000Z -1
 pecos.charge.20250801T053000Z cost 3 pecos.balance.20250801T053000Z -1
 pecos.charge.20250801T053000Z pecos.soc.20250801T053000Z -0.48 pecos.battery_mode.20250801T053000Z 1
 pecos.discharge.20250801T053000Z cost 3 pecos.balance.20250801T053000Z 1
 pecos.discharge.20250801T053000Z pecos.soc.20250801T053000Z 0.625 pecos.battery_mode.20250801T053000Z 1
 pecos.stored.20250801T053000Z pecos.soc.20250801T053000Z 1
 pecos.generator_gas.20250801T053000Z cost 31 pecos.balance.20250801T053000Z 1
 pecos.mining_s21.20250801T053000Z cost -27.5 pecos.balance.20250801T053000Z -1
 pecos.hall_serving_1.20250801T053000Z cost -210 pecos.balance.20250801T053000Z -1
 pecos.hall_serving_1.20250801T053000Z pecos.demand_serving.20250801T053000Z 1
 pecos.hall_serving_2.20250801T053000Z cost -90 pecos.balance.20250801T053000Z -1
 pecos.hall_serving_2.20250801T053000Z pecos.demand_serving.20250801T053000Z 1
 pecos.unserved_serving.20250801T053000Z cost 8 pecos.demand_serving.20250801T053000Z 1
RHS
 RHS pecos.balance.20250801T050000Z 1
 RHS pecos.soc.20250801T050000Z 1.5
 RHS pecos.battery_mode.20250801T050000Z 3
 RHS pecos.grid_mode.20250801T050000Z 10
 RHS pecos.block_mode.20250801T050000Z 4
 RHS pecos.demand_serving.20250801T050000Z 3
 RHS pecos.balance.20250801T053000Z 1
 RHS pecos.battery_mode.20250801T053000Z 3
 RHS pecos.demand_serving.20250801T053000Z 3
BOUNDS
 UP BOUND pecos.import.20250801T050000Z 10
 UP BOUND pecos.block.20250801T050000Z 4
 UP BOUND pecos.export.20250801T050000Z 8
 UP BOUND pecos.charge.20250801T050000Z 3
 UP BOUND pecos.discharge.20250801T050000Z 3
 LO BOUND pecos.stored.20250801T050000Z 1
 UP BOUND pecos.stored.20250801T050000Z 8
 UP BOUND pecos.generator_gas.20250801T050000Z 8
 UP BOUND pecos.mining_s21.20250801T050000Z 3
 UP BOUND pecos.hall_serving_1.20250801T050000Z 1.8
 UP BOUND pecos.hall_serving_2.20250801T050000Z 1.2
 FX BOUND pecos.import.20250801T053000Z 0
 UP BOUND pecos.export.20250801T053000Z 8
 UP BOUND pecos.charge.20250801T053000Z 3
 UP BOUND pecos.discharge.20250801T053000Z 3
 FX BOUND pecos.stored.20250801T053000Z 3
 UP BOUND pecos.generator_gas.20250801T053000Z 8
 UP BOUND pecos.mining_s21.20250801T053000Z 3
 UP BOUND pecos.hall_serving_1.20250801T053000Z 1.8
 UP BOUND pecos.hall_serving_2.20250801T053000Z 1.2
ENDATA
